/**
 * Lots that closed since the bidder had a stake in them, until the bidder has put the news away.
 *
 * The room moves on within a second of the hammer, and a phone may sleep through it.
 */
import type { LotView, Uuid, You } from '../wire/messages';
import { standing } from './standing';

export interface ResultsDeps {
  onChange(closed: readonly Uuid[]): void;
  /** Survives a reload of the page. */
  store: { load(): string | null; save(text: string): void };
}

interface Kept {
  userId: Uuid | null;
  /** Lots on which the bidder stood when they were last seen open. */
  staked: Uuid[];
  closed: Uuid[];
}

export class Results {
  readonly #deps: ResultsDeps;
  #kept: Kept;

  constructor(deps: ResultsDeps) {
    this.#deps = deps;
    this.#kept = restore(deps.store.load());
    if (this.#kept.closed.length > 0) deps.onChange(this.#kept.closed);
  }

  /** Takes in what is known of the sale; `userId` is whose standing `you` is. */
  see(userId: Uuid, you: You, lots: Readonly<Record<Uuid, LotView>>): void {
    const before = this.#kept;
    const known = before.userId === userId;
    const staked = new Set(known ? before.staked : []);
    const closed = new Set(known ? before.closed : []);
    for (const { lot_id } of you.lots) {
      const now = standing(lots[lot_id], you);
      if (now === 'won' || now === 'lost' || now === 'passed') {
        if (staked.delete(lot_id)) closed.add(lot_id);
      } else {
        closed.delete(lot_id);
        if (now === 'none') staked.delete(lot_id);
        else staked.add(lot_id);
      }
    }
    this.#keep({ userId, staked: [...staked], closed: [...closed] });
  }

  /** The bidder bids on a lot: what becomes of it is news, however fast. */
  stake(userId: Uuid, lotId: Uuid): void {
    const before = this.#kept.userId === userId ? this.#kept : { staked: [], closed: [] };
    this.#keep({ ...before, userId, staked: [...new Set([...before.staked, lotId])] });
  }

  dismiss(lotId: Uuid): void {
    const closed = this.#kept.closed.filter((id) => id !== lotId);
    this.#keep({ ...this.#kept, closed });
  }

  #keep(kept: Kept): void {
    const before = JSON.stringify(this.#kept);
    const now = JSON.stringify(kept);
    if (before === now) return;
    this.#kept = kept;
    this.#deps.store.save(now);
    this.#deps.onChange(kept.closed);
  }
}

function restore(text: string | null): Kept {
  try {
    const kept = JSON.parse(text ?? '') as Partial<Kept>;
    const { userId, staked, closed } = kept;
    if (typeof userId === 'string' && Array.isArray(staked) && Array.isArray(closed)) {
      return { userId, staked, closed };
    }
  } catch {
    // Nothing was kept, or it is damaged.
  }
  return { userId: null, staked: [], closed: [] };
}
