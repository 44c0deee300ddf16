/** The console's doings: from an action to a command with explicit amounts and ids. */
import { i18n } from '../i18n/index.svelte';
import type { Room } from '../state/room.svelte';
import { announcer } from '../ui/announce.svelte';
import type { BidView, Command, Lot, LotView } from '../wire/messages';
import { ask, enabled, hammerCheck, undoBid, type DeskView } from './desk';
import type { Action } from './keymap';

export type DialogState =
  | { kind: 'bid'; channel: 'floor' | 'phone' }
  | { kind: 'absentee' | 'ask' | 'step' | 'message' | 'pass' | 'end' | 'help' }
  | { kind: 'sold'; priceMinor: number }
  | { kind: 'retract'; bid: BidView };

export class Console {
  /** A lot that the operator looks at instead of the one on the block. */
  picked = $state<string | null>(null);
  dialog = $state.raw<DialogState | null>(null);

  constructor(readonly room: Room) {}

  get lot(): Lot | undefined {
    return this.room.lot(this.picked) ?? this.room.stage;
  }

  get view(): LotView | undefined {
    return this.lot && this.room.view(this.lot.id);
  }

  get openLotId(): string | null {
    if (this.room.sale?.kind !== 'room') return null;
    const open = this.room.lots.find((lot) => {
      const state = this.room.view(lot.id)?.state;
      return state === 'open' || state === 'paused';
    });
    return open?.id ?? null;
  }

  get connected(): boolean {
    return this.room.online;
  }

  get desk(): DeskView {
    return {
      connected: this.connected,
      status: this.room.status,
      kind: this.room.sale?.kind ?? 'room',
      lot: this.lot,
      view: this.view,
      history: this.lot && this.room.live.state.history[this.lot.id],
      openLotId: this.openLotId,
      hasPending: this.room.nextPending !== undefined,
    };
  }

  get ask(): number | null {
    return ask(this.desk);
  }

  can(action: Action): boolean {
    return enabled(action, this.desk);
  }

  pick(lotId: string): void {
    this.picked = lotId;
  }

  /** Does an action, or opens the dialog that asks for what it needs. */
  act(action: Action): void {
    if (!this.can(action)) {
      // The greyed-out buttons do not tell those who cannot see them why a key does nothing.
      if (!this.connected) announcer.assertive(i18n.t.console.notSent);
      return;
    }
    const { lot, view } = this;
    const lot_id = lot?.id ?? '';
    switch (action) {
      case 'floor':
        return this.bid('floor', this.ask, null);
      case 'amount':
        return this.#open({ kind: 'bid', channel: 'floor' });
      case 'phone':
        return this.#open({ kind: 'bid', channel: 'phone' });
      case 'absentee':
      case 'ask':
      case 'step':
      case 'message':
      case 'pass':
      case 'end':
      case 'help':
        return this.#open({ kind: action });
      case 'warn':
        return this.send({ kind: 'fair_warning', lot_id });
      case 'sold': {
        if (!view || view.price_minor === null) return;
        const { belowReserve, unnamed } = hammerCheck(view);
        if (!belowReserve && !unnamed) return this.hammer({});
        return this.#open({ kind: 'sold', priceMinor: view.price_minor });
      }
      case 'undo': {
        const bid = undoBid(this.desk);
        if (!bid?.bid_id) return this.send({ kind: 'reopen', lot_id });
        return this.retract(bid);
      }
      case 'next':
        this.picked = null;
        return this.send({ kind: 'next_lot' });
      case 'open':
        this.picked = null;
        return this.send({ kind: 'open_lot', lot_id });
      case 'reopen':
        return this.send({ kind: 'reopen', lot_id });
      case 'pause':
        return this.send({ kind: view?.state === 'paused' ? 'resume' : 'pause', lot_id });
      case 'start':
        return this.send({ kind: 'start_sale' });
    }
  }

  bid(channel: 'floor' | 'phone', amountMinor: number | null, paddle: number | null): void {
    const currency = this.room.sale?.currency;
    if (!this.lot || amountMinor === null || !currency) return;
    this.send({
      kind: 'floor_bid',
      lot_id: this.lot.id,
      bid_id: crypto.randomUUID(),
      amount_minor: amountMinor,
      currency,
      paddle,
      channel,
    });
  }

  absentee(maxMinor: number, paddle: number): void {
    const currency = this.room.sale?.currency;
    if (!this.lot || !currency) return;
    this.send({
      kind: 'absentee_bid',
      lot_id: this.lot.id,
      bid_id: crypto.randomUUID(),
      paddle,
      max_minor: maxMinor,
      currency,
    });
  }

  hammer(options: { override_reserve?: boolean; paddle?: number }): void {
    if (this.lot) this.send({ kind: 'hammer', lot_id: this.lot.id, result: 'sold', ...options });
  }

  pass(): void {
    if (this.lot) this.send({ kind: 'hammer', lot_id: this.lot.id, result: 'pass' });
  }

  /** A bid is taken back once: a second press while the first is under way is a slip. */
  retract(bid: BidView): void {
    const { bid_id } = bid;
    if (!this.lot || !bid_id) return;
    const same = (command: Command) => command.kind === 'retract' && command.bid_id === bid_id;
    if (this.room.live.desk.waiting(same)) return;
    this.send({ kind: 'retract', lot_id: this.lot.id, bid_id });
  }

  send(command: Command): void {
    this.room.live.desk.issue(command);
  }

  #open(dialog: DialogState): void {
    this.dialog = dialog;
  }
}
