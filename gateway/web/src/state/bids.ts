/**
 * The fate of the bids made in this browser.
 *
 * A bid is `sending` until the server answers. When the answer is late or the connection breaks
 * it becomes `checking`: the server is asked for its true and final fate as soon as it can be
 * reached. There is no third way out, so a bid never hangs without words. It is asked for only as
 * the user who made it: nobody else is told.
 */
import type { BidAccepted, BidMessage, BidRefused, ServerMessage, Uuid } from '../wire/messages';
import type { Timers } from '../wire/socket';

export interface BidOrder {
  saleId: Uuid;
  lotId: Uuid;
  currency: string;
  /** What the bidder saw when pressing; sent as it is. */
  amountMinor: number;
  kind: 'amount' | 'max' | 'buy_now';
}

export type Fate =
  | { phase: 'sending' }
  | { phase: 'checking' }
  | { phase: 'accepted'; leading: boolean; priceMinor: number | null }
  | { phase: 'refused'; code: string; minimumMinor: number | null; maximumMinor: number | null };

export interface Attempt extends BidOrder {
  bidId: Uuid;
  userId: Uuid;
  /** The answer did not come in time, so the bidder may look elsewhere when it does. */
  late: boolean;
  fate: Fate;
}

export interface BidDeskDeps {
  send(message: BidMessage | { type: 'bid_status'; sale_id: Uuid; bid_id: Uuid }): boolean;
  /** As whom the server knows this connection; null as a guest. */
  userId(): Uuid | null;
  /** The line looks open but does not answer: replace it. */
  reconnect(): void;
  timers: Timers;
  newId(): Uuid;
  onChange(attempts: readonly Attempt[]): void;
  /** Bids under way survive a reload of the page. */
  store: { load(): string | null; save(text: string): void };
}

export const ANSWER_WITHIN_MS = 4_000;
export const CHECK_WITHIN_MS = 5_000;
const RETRY_AFTER_MS = 400;
const RETRIES_MAX = 3;
const KEPT_MAX = 50;
/** Refusals after which the same bid may simply be sent again. */
const PASSING = new Set(['busy', 'unavailable']);

export class BidDesk {
  readonly #deps: BidDeskDeps;
  #attempts: readonly Attempt[] = [];
  #retries = new Map<Uuid, number>();
  #timers = new Map<Uuid, number>();
  #resend = new Set<Uuid>();

  constructor(deps: BidDeskDeps) {
    this.#deps = deps;
    this.#attempts = restore(deps.store.load());
    if (this.#attempts.length > 0) deps.onChange(this.#attempts);
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Null without a connection or as a guest; nothing is sent later unseen. */
  place(order: BidOrder): Uuid | null {
    const userId = this.#deps.userId();
    if (userId === null) return null;
    const bidId = this.#deps.newId();
    const attempt: Attempt = { ...order, bidId, userId, late: false, fate: { phase: 'sending' } };
    if (!this.#deps.send(message(attempt))) return null;
    this.#attempts = [...this.#attempts.slice(-KEPT_MAX + 1), attempt];
    this.#answerWithin(attempt.bidId);
    this.#changed();
    return attempt.bidId;
  }

  onMessage(answer: ServerMessage): void {
    if (answer.type === 'bid_accepted') this.#accepted(answer);
    else if (answer.type === 'bid_refused') this.#refused(answer);
  }

  /** Call when the connection is usable (signed in and subscribed) again. */
  onOnline(): void {
    const own = this.#underWay().filter((attempt) => attempt.userId === this.#deps.userId());
    for (const attempt of own) {
      if (this.#resend.delete(attempt.bidId)) {
        this.#deps.send(message(attempt));
        this.#answerWithin(attempt.bidId);
      } else {
        this.#check(attempt.bidId);
      }
    }
  }

  onOffline(): void {
    for (const attempt of this.#underWay()) {
      this.#clearTimer(attempt.bidId);
      this.#setFate(attempt.bidId, { phase: 'checking' });
    }
  }

  stop(): void {
    for (const id of [...this.#timers.keys()]) this.#clearTimer(id);
  }

  #underWay(): Attempt[] {
    return this.#attempts.filter(isUnderWay);
  }

  #accepted(answer: BidAccepted): void {
    this.#settle(answer.bid_id, {
      phase: 'accepted',
      leading: answer.leading,
      priceMinor: answer.price_minor,
    });
  }

  #refused(answer: BidRefused): void {
    const attempt = this.#attempts.find((a) => a.bidId === answer.bid_id);
    if (!attempt || !isUnderWay(attempt)) return;
    const { code, minimum_minor: minimumMinor, maximum_minor: maximumMinor } = answer;
    if (answer.final || !this.#tryAgain(attempt, code)) {
      this.#settle(answer.bid_id, { phase: 'refused', code, minimumMinor, maximumMinor });
    }
  }

  /** True when a refusal that is not final is being dealt with. */
  #tryAgain(attempt: Attempt, code: string): boolean {
    const { bidId, fate } = attempt;
    const checking = fate.phase === 'checking';
    if (code === 'unauthorised') {
      // A fate that is not known stays so; the next sign-in asks for it.
      if (!this.#countRetry(bidId)) return checking;
      if (!checking) this.#resend.add(bidId);
      this.#deps.reconnect();
      return true;
    }
    // The question for a fate may be refused too; then it is asked again, however often.
    if (checking) {
      this.#after(bidId, RETRY_AFTER_MS * 2, () => this.#check(bidId));
      return true;
    }
    if (!PASSING.has(code) || !this.#countRetry(bidId)) return false;
    this.#after(bidId, RETRY_AFTER_MS * 2 ** (this.#retries.get(bidId) ?? 0), () => {
      if (this.#deps.send(message(attempt))) this.#answerWithin(bidId);
    });
    return true;
  }

  #countRetry(bidId: Uuid): boolean {
    const retries = (this.#retries.get(bidId) ?? 0) + 1;
    this.#retries.set(bidId, retries);
    return retries <= RETRIES_MAX;
  }

  #answerWithin(bidId: Uuid): void {
    this.#after(bidId, ANSWER_WITHIN_MS, () => this.#check(bidId));
  }

  #check(bidId: Uuid): void {
    const attempt = this.#attempts.find((a) => a.bidId === bidId);
    if (!attempt) return;
    this.#setFate(bidId, { phase: 'checking' });
    if (attempt.userId !== this.#deps.userId()) return;
    const asked = this.#deps.send({ type: 'bid_status', sale_id: attempt.saleId, bid_id: bidId });
    if (asked) this.#after(bidId, CHECK_WITHIN_MS, () => this.#deps.reconnect());
  }

  #settle(bidId: Uuid, fate: Fate): void {
    this.#clearTimer(bidId);
    this.#retries.delete(bidId);
    this.#resend.delete(bidId);
    this.#setFate(bidId, fate);
  }

  #setFate(bidId: Uuid, fate: Fate): void {
    this.#attempts = this.#attempts.map((a) =>
      a.bidId === bidId ? { ...a, fate, late: a.late || fate.phase === 'checking' } : a,
    );
    this.#changed();
  }

  #changed(): void {
    this.#deps.store.save(JSON.stringify(this.#underWay()));
    this.#deps.onChange(this.#attempts);
  }

  #after(bidId: Uuid, ms: number, run: () => void): void {
    this.#clearTimer(bidId);
    const timer = this.#deps.timers.set(() => {
      this.#timers.delete(bidId);
      run();
    }, ms);
    this.#timers.set(bidId, timer);
  }

  #clearTimer(bidId: Uuid): void {
    const timer = this.#timers.get(bidId);
    if (timer !== undefined) this.#deps.timers.clear(timer);
    this.#timers.delete(bidId);
  }
}

export function isUnderWay(attempt: Attempt): boolean {
  return attempt.fate.phase === 'sending' || attempt.fate.phase === 'checking';
}

function message(attempt: Attempt): BidMessage {
  const { bidId: bid_id, saleId: sale_id, lotId: lot_id, currency, amountMinor } = attempt;
  const base = { type: 'bid', bid_id, sale_id, lot_id, currency } as const;
  switch (attempt.kind) {
    case 'amount':
      return { ...base, amount_minor: amountMinor };
    case 'max':
      return { ...base, max_minor: amountMinor };
    case 'buy_now':
      return { ...base, buy_now_minor: amountMinor };
  }
}

function restore(text: string | null): Attempt[] {
  if (!text) return [];
  try {
    const kept: unknown = JSON.parse(text);
    if (!Array.isArray(kept)) return [];
    return kept
      .filter(isKept)
      .slice(-KEPT_MAX)
      .map((a) => ({ ...a, late: true, fate: { phase: 'checking' } }));
  } catch {
    return [];
  }
}

function isKept(value: unknown): value is Attempt {
  const kept = value as Partial<Attempt> | null;
  return [kept?.bidId, kept?.lotId, kept?.userId].every((id) => typeof id === 'string');
}
