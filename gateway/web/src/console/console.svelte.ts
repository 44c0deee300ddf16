/** The console's doings: from an action to a command with explicit amounts and ids. */
import { i18n } from '../i18n/index.svelte';
import { dutchPrice } from '../state/dutch';
import { newId } from '../state/id';
import type { Room } from '../state/room.svelte';
import { announcer } from '../ui/announce.svelte';
import { PressGuard } from '../ui/press';
import type { BidView, Lot } from '../api/resources';
import type { Command, EnteredChannel, LotView, Together } from '../wire/messages';
import { nowMs } from '../wire/now';
import { ask, enabled, isGroupable, undoBid, type DeskView } from './desk';
import { soldOn, withdrawal, type DialogState, type SoldOn, type Withdrawal } from './dialog';
import type { Action } from './keymap';
import { hear, noNews, type News } from './news';

/** What a press of these means is an amount, which may change under the finger. */
export type GuardedAction = 'floor' | 'sold';

interface Refusal {
  code: string;
  minimumMinor: number | null;
  maximumMinor: number | null;
}

/** What is pressed this soon after a dialog went away by itself was meant for the dialog. */
const MEANT_FOR_DIALOG_MS = 700;

export class Console {
  /** A lot that the operator looks at instead of the one on the block. */
  picked = $state<string | null>(null);
  dialog = $state.raw<DialogState | null>(null);
  /** Why a dialog went away by itself or a press did nothing, until the next action. */
  notice = $state<string | null>(null);
  news = $state.raw<News>(noNews);
  /** Counts what was done to registrations here, so that their list is read again. */
  registrationsVersion = $state(0);
  /** The amounts on the buttons are too fresh to be pressed knowingly. */
  settling = $state(false);
  /** Until when what is pressed counts as meant for the dialog that went away; 0: nothing does. */
  deafUntilMs = $state(0);
  /** The server's time when the clock of a Dutch lot was last drawn. */
  #drawnAtMs = $state(0);
  readonly #guards: Record<GuardedAction, PressGuard> = {
    floor: new PressGuard(),
    sold: new PressGuard(),
  };
  #shownLotId: string | null = null;

  constructor(readonly room: Room) {}

  start(): () => void {
    return this.room.live.listen((message) => (this.news = hear(this.news, message)));
  }

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

  /** The lot whose winner has to choose; when there are several, the one on screen first. */
  get choiceLot(): Lot | undefined {
    if (this.view?.choice_due) return this.lot;
    return this.room.lots.find((lot) => this.room.view(lot.id)?.choice_due);
  }

  /** The lots that could be offered together. */
  get groupable(): readonly Lot[] {
    return this.room.lots.filter((lot) => isGroupable(lot, this.room.view(lot.id)));
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

  /** That the hammer was lifted, in words. */
  get lifted(): string | null {
    const { lifted } = this.news;
    const lot = lifted && this.room.lot(lifted.lotId);
    if (!lifted || !lot) return null;
    const { hammer } = i18n.t.rostrum;
    const name = i18n.t.lot.lotN(lot.number);
    if (!lifted.byBid || lifted.priceMinor === null) return hammer.lifted(name);
    const paddle = lifted.leader?.paddle ?? null;
    const who = paddle === null ? '' : i18n.t.lot.paddle(paddle);
    return hammer.liftedByBid(name, this.room.money(lifted.priceMinor), who);
  }

  /** That was read. */
  heard(): void {
    this.news = { ...this.news, lifted: null };
  }

  pick(lotId: string): void {
    this.picked = lotId;
  }

  /** Draws the clock of a Dutch lot anew. */
  tick(): void {
    this.#drawnAtMs = this.room.live.serverNowMs();
  }

  guardOf(action: Action): PressGuard | null {
    return action === 'floor' || action === 'sold' ? this.#guards[action] : null;
  }

  /** What the buttons show now; whether it is too fresh to be pressed. Call it from an effect. */
  show(lotId: string | null, askMinor: number | null, priceMinor: number | null): boolean {
    const now = nowMs();
    const guards = Object.values(this.#guards);
    // The same amount on another lot is another amount.
    if (lotId !== this.#shownLotId) for (const guard of guards) guard.show(null, now);
    this.#shownLotId = lotId;
    this.#guards.floor.show(askMinor, now, this.lot?.rules.format === 'dutch');
    this.#guards.sold.show(priceMinor, now);
    this.settling = guards.some((guard) => guard.settling(now));
    return this.settling;
  }

  /** Does an action, or opens the dialog that asks for what it needs. */
  act(action: Action): void {
    if (!this.can(action)) {
      // The greyed-out buttons do not tell those who cannot see them why a key does nothing.
      if (!this.connected) announcer.assertive(i18n.t.console.notSent);
      return;
    }
    if (nowMs() < this.deafUntilMs) return;
    this.notice = null;
    const { lot, view } = this;
    const lot_id = lot?.id ?? '';
    switch (action) {
      case 'floor':
        return this.bid(lot_id, 'floor', this.#meant(action), null);
      case 'amount':
      case 'phone':
      case 'house':
      case 'absentee':
      case 'ask':
      case 'step':
      case 'pass':
      case 'reopen':
      case 'withdraw':
      case 'reoffer':
      case 'split':
        return this.open({ kind: action, lotId: lot_id });
      case 'choose':
        return this.open({ kind: action, lotId: this.choiceLot?.id ?? lot_id });
      case 'message':
      case 'end':
      case 'group':
      case 'help':
        return this.open({ kind: action });
      case 'warn':
        return this.send({ kind: 'fair_warning', lot_id });
      case 'sold': {
        const meant = this.#meant(action);
        const on = view && soldOn(view);
        if (!on || meant === null) return;
        // The price changed between press and click.
        if (meant !== on.priceMinor) return this.#moved(on.priceMinor);
        if (!on.belowReserve && !on.unnamed) return this.sell(lot_id, on, null);
        return this.open({ kind: 'sold', lotId: lot_id, on });
      }
      case 'lift':
        return this.send({ kind: 'lift_hammer', lot_id });
      case 'undo': {
        if (view?.hammer) return this.act('lift');
        const bid = undoBid(this.desk);
        return this.open(
          bid ? { kind: 'retract', lotId: lot_id, bid } : { kind: 'reopen', lotId: lot_id },
        );
      }
      case 'next':
        this.picked = null;
        return this.send({ kind: 'next_lot' });
      case 'open':
        this.picked = null;
        return this.send({ kind: 'open_lot', lot_id });
      case 'skip':
        return this.send({ kind: 'skip', lot_id });
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
    this.deafUntilMs = nowMs() + MEANT_FOR_DIALOG_MS;
  }

  /** The notice was read: what is pressed from now on is meant. */
  noticed(): void {
    this.notice = null;
    this.deafUntilMs = 0;
  }

  bid(
    lotId: string,
    channel: EnteredChannel,
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

  /** A lot goes on from where it stood; `closesAtMs` where it closes by the clock. */
  reopen(lotId: string, closesAtMs: number | null): void {
    this.send({ kind: 'reopen', lot_id: lotId, ...closing(closesAtMs) });
  }

  /** A lot starts afresh; `closesAtMs` where it closes by the clock. */
  reoffer(lotId: string, closesAtMs: number | null): void {
    this.send({ kind: 'reoffer', lot_id: lotId, ...closing(closesAtMs) });
  }

  group(together: Together, lots: string[], openingMinor: number | null): void {
    const opening = openingMinor === null ? {} : { opening_minor: openingMinor };
    this.send({ kind: 'group', together, lots, ...opening });
  }

  /** A bid is taken back once: a second press while the first is under way is a slip. */
  retract(lotId: string, bid: BidView): void {
    const { bid_id } = bid;
    if (!bid_id) return;
    const same = (command: Command) => command.kind === 'retract' && command.bid_id === bid_id;
    if (this.room.live.desk.waiting(same)) return;
    this.send({ kind: 'retract', lot_id: lotId, bid_id });
  }

  /** Why something was refused, in the words of the rostrum, and what would have been accepted. */
  refusal({ code, minimumMinor, maximumMinor }: Refusal): string {
    const { rostrum, refusals } = i18n.t;
    if (code === 'price_moved' && minimumMinor !== null) {
      return rostrum.priceMoved(this.room.money(minimumMinor));
    }
    const reason = rostrum.refusals[code];
    if (maximumMinor !== null) {
      const most = rostrum.atMost(this.room.money(maximumMinor));
      return `${reason ?? refusals[code] ?? code} ${most}`;
    }
    return reason ?? i18n.refusal(code, minimumMinor, this.room.format);
  }

  send(command: Command): void {
    this.room.live.desk.issue(command);
  }

  /** The amount that a press meant, or null with a word on why it meant none. */
  #meant(action: GuardedAction): number | null {
    // A clock that falls under the finger only makes it cheaper.
    if (this.view?.clock) return this.ask;
    const result = this.#guards[action].release(nowMs());
    if (result && 'changedTo' in result) this.#moved(result.changedTo);
    return result && 'meant' in result ? result.meant : null;
  }

  #moved(amountMinor: number): void {
    this.notice = i18n.t.rostrum.moved(this.room.money(amountMinor));
  }

  #deskOf(lot: Lot | undefined): DeskView {
    const { room } = this;
    const view = lot && room.view(lot.id);
    return {
      connected: this.connected,
      status: room.status,
      kind: room.sale?.kind ?? 'room',
      lot,
      view,
      history: lot && room.live.state.history[lot.id],
      openLotId: this.openLotId,
      choiceLotId: this.choiceLot?.id ?? null,
      hasPending: room.nextPending !== undefined,
      groupable: this.groupable.length,
      clockMinor: view?.clock ? dutchPrice(view.clock, this.#drawnAtMs) : null,
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
      case 'struck':
        return i18n.t.rostrum.struckMeanwhile(name);
      case 'lot_changed': {
        const state = view?.outcome?.result ?? view?.state ?? 'pending';
        return console.withdrawn.lotChanged(name, words[state].toLowerCase());
      }
    }
  }
}

function closing(closesAtMs: number | null): { closes_at_ms?: number } {
  return closesAtMs === null ? {} : { closes_at_ms: closesAtMs };
}
