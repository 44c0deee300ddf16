/** Own maxima that are to leave the absentee book, and what became of each request. */
import type { ClientMessage, ServerMessage, Uuid } from '../wire/messages';
import type { Timers } from '../wire/socket';

export type Withdrawal =
  | { phase: 'sent' }
  | { phase: 'done' }
  | { phase: 'refused'; code: string }
  /** No answer came; the standing that is shown is what counts. */
  | { phase: 'unknown' };

export interface WithdrawalsDeps {
  saleId: Uuid;
  send(message: Extract<ClientMessage, { type: 'leave_book' }>): boolean;
  timers: Timers;
  newId(): Uuid;
  onChange(byLot: Readonly<Record<Uuid, Withdrawal>>): void;
}

export const WITHDRAWN_WITHIN_MS = 5_000;

export class Withdrawals {
  readonly #deps: WithdrawalsDeps;
  #byLot: Readonly<Record<Uuid, Withdrawal>> = {};
  #asked = new Map<Uuid, { lotId: Uuid; timer: number }>();

  constructor(deps: WithdrawalsDeps) {
    this.#deps = deps;
  }

  ask(lotId: Uuid): void {
    const id = this.#deps.newId();
    const { saleId: sale_id } = this.#deps;
    if (!this.#deps.send({ type: 'leave_book', command_id: id, sale_id, lot_id: lotId })) {
      this.#set(lotId, { phase: 'refused', code: 'not_connected' });
      return;
    }
    const timer = this.#deps.timers.set(
      () => this.#settle(id, { phase: 'unknown' }),
      WITHDRAWN_WITHIN_MS,
    );
    this.#asked.set(id, { lotId, timer });
    this.#set(lotId, { phase: 'sent' });
  }

  /** A new maximum was left: what became of the one before is old news. */
  forget(lotId: Uuid): void {
    if (!(lotId in this.#byLot)) return;
    const { [lotId]: _, ...others } = this.#byLot;
    this.#byLot = others;
    this.#deps.onChange(others);
  }

  onMessage(message: ServerMessage): void {
    if (message.type === 'command_done') this.#settle(message.command_id, { phase: 'done' });
    else if (message.type === 'command_refused') {
      this.#settle(message.command_id, { phase: 'refused', code: message.code });
    }
  }

  onOffline(): void {
    for (const id of [...this.#asked.keys()]) this.#settle(id, { phase: 'unknown' });
  }

  stop(): void {
    for (const { timer } of this.#asked.values()) this.#deps.timers.clear(timer);
    this.#asked.clear();
  }

  #settle(id: Uuid, withdrawal: Withdrawal): void {
    const asked = this.#asked.get(id);
    if (!asked) return;
    this.#deps.timers.clear(asked.timer);
    this.#asked.delete(id);
    this.#set(asked.lotId, withdrawal);
  }

  #set(lotId: Uuid, withdrawal: Withdrawal): void {
    this.#byLot = { ...this.#byLot, [lotId]: withdrawal };
    this.#deps.onChange(this.#byLot);
  }
}
