/** The console's doings: from an action to a command with explicit amounts and ids. */
import { i18n } from '../i18n/index.svelte';
import { newId } from '../state/id';
import type { Room } from '../state/room.svelte';
import { announcer } from '../ui/announce.svelte';
import type { BidView, Command, Lot, LotView } from '../wire/messages';
import { nowMs } from '../wire/now';
import { ask, enabled, undoBid, type DeskView } from './desk';
import { soldOn, withdrawal, type DialogState, type SoldOn, type Withdrawal } from './dialog';
import type { Action } from './keymap';

/** What is pressed this soon after a dialog went away by itself was meant for the dialog. */
const MEANT_FOR_DIALOG_MS = 700;

export class Console {
  /** A lot that the operator looks at instead of the one on the block. */
  picked = $state<string | null>(null);
  dialog = $state.raw<DialogState | null>(null);
  /** Why a dialog went away by itself, until the next action. */
  notice = $state<string | null>(null);
  #deafUntilMs = 0;

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
    return this.#deskOf(this.lot);
  }

  get ask(): number | null {
    return ask(this.desk);
  }

  askOf(lot: Lot | undefined): number | null {
    return ask(this.#deskOf(lot));
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
    if (nowMs() < this.#deafUntilMs) return;
    this.notice = null;
    const { lot, view } = this;
    const lot_id = lot?.id ?? '';
    switch (action) {
      case 'floor':
        return this.bid(lot_id, 'floor', this.ask, null);
      case 'amount':
      case 'phone':
      case 'absentee':
      case 'ask':
      case 'step':
      case 'pass':
        return this.open({ kind: action, lotId: lot_id });
      case 'message':
      case 'end':
      case 'help':
        return this.open({ kind: action });
      case 'warn':
        return this.send({ kind: 'fair_warning', lot_id });
      case 'sold': {
        const on = view && soldOn(view);
        if (!on) return;
        if (!on.belowReserve && !on.unnamed) return this.sell(lot_id, on, null);
        return this.open({ kind: 'sold', lotId: lot_id, on });
      }
      case 'undo': {
        const bid = undoBid(this.desk);
        return bid ? this.retract(lot_id, bid) : this.#reopen(lot);
      }
      case 'next':
        this.picked = null;
        return this.send({ kind: 'next_lot' });
      case 'open':
        this.picked = null;
        return this.send({ kind: 'open_lot', lot_id });
      case 'reopen':
        return this.#reopen(lot);
      case 'pause':
        return this.send({ kind: view?.state === 'paused' ? 'resume' : 'pause', lot_id });
      case 'start':
        return this.send({ kind: 'start_sale' });
    }
  }

  open(dialog: DialogState): void {
    this.notice = null;
    this.dialog = dialog;
  }

  /** Takes the dialog away when what it asks can no longer be done; call it from an effect. */
  review(): void {
    const { dialog } = this;
    if (!dialog) return;
    const lot = this.room.lot('lotId' in dialog ? dialog.lotId : null);
    const why = withdrawal(dialog, this.#deskOf(lot));
    if (!why) return;
    this.dialog = null;
    this.notice = this.#why(why, lot);
    this.#deafUntilMs = nowMs() + MEANT_FOR_DIALOG_MS;
  }

  /** The notice was read: what is pressed from now on is meant. */
  noticed(): void {
    this.notice = null;
    this.#deafUntilMs = 0;
  }

  bid(
    lotId: string,
    channel: 'floor' | 'phone',
    amountMinor: number | null,
    paddle: number | null,
  ): void {
    const currency = this.room.sale?.currency;
    if (amountMinor === null || !currency) return;
    this.send({
      kind: 'floor_bid',
      lot_id: lotId,
      bid_id: newId(),
      amount_minor: amountMinor,
      currency,
      paddle,
      channel,
    });
  }

  absentee(lotId: string, maxMinor: number, paddle: number): void {
    const currency = this.room.sale?.currency;
    if (!currency) return;
    this.send({
      kind: 'absentee_bid',
      lot_id: lotId,
      bid_id: newId(),
      paddle,
      max_minor: maxMinor,
      currency,
    });
  }

  /** Brings the hammer down at the price that was shown; `paddle` names an unnamed buyer. */
  sell(lotId: string, on: SoldOn, paddle: number | null): void {
    this.send({
      kind: 'hammer',
      lot_id: lotId,
      result: 'sold',
      price_minor: on.priceMinor,
      ...(on.belowReserve ? { override_reserve: true } : {}),
      ...(paddle === null ? {} : { paddle }),
    });
  }

  pass(lotId: string): void {
    this.send({ kind: 'hammer', lot_id: lotId, result: 'pass' });
  }

  /** Reopens a lot that closes by the clock, which has run out. */
  reopenFor(lotId: string, minutes: number): void {
    const closes_at_ms = Math.round(this.room.live.serverNowMs()) + minutes * 60_000;
    this.send({ kind: 'reopen', lot_id: lotId, closes_at_ms });
  }

  /** A bid is taken back once: a second press while the first is under way is a slip. */
  retract(lotId: string, bid: BidView): void {
    const { bid_id } = bid;
    if (!bid_id) return;
    const same = (command: Command) => command.kind === 'retract' && command.bid_id === bid_id;
    if (this.room.live.desk.waiting(same)) return;
    this.send({ kind: 'retract', lot_id: lotId, bid_id });
  }

  send(command: Command): void {
    this.room.live.desk.issue(command);
  }

  #reopen(lot: Lot | undefined): void {
    if (!lot) return;
    if (lot.rules.closes_at_ms === null) this.send({ kind: 'reopen', lot_id: lot.id });
    else this.open({ kind: 'reopen', lotId: lot.id });
  }

  #deskOf(lot: Lot | undefined): DeskView {
    const { room } = this;
    return {
      connected: this.connected,
      status: room.status,
      kind: room.sale?.kind ?? 'room',
      lot,
      view: lot && room.view(lot.id),
      history: lot && room.live.state.history[lot.id],
      openLotId: this.openLotId,
      hasPending: room.nextPending !== undefined,
    };
  }

  #why(why: Withdrawal, lot: Lot | undefined): string {
    const { lot: words, console } = i18n.t;
    const name = lot ? words.lotN(lot.number) : '';
    const view = lot && this.room.view(lot.id);
    switch (why) {
      case 'sale_over':
        return console.withdrawn.saleOver;
      case 'bid_gone':
        return console.withdrawn.bidGone(name);
      case 'price_moved':
        return console.withdrawn.priceMoved(name, this.room.money(view?.price_minor ?? 0));
      case 'lot_changed': {
        const state = view?.outcome?.result ?? view?.state ?? 'pending';
        return console.withdrawn.lotChanged(name, words[state].toLowerCase());
      }
    }
  }
}
