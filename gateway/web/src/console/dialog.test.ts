import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { History } from '../state/history';
import type { Room } from '../state/room.svelte';
import { LOT, lotView, outcome } from '../testing/messages';
import { SETTLE_MS } from '../ui/press';
import type { BidView, Lot } from '../api/resources';
import type { Command, LotView, SaleStatus } from '../wire/messages';
import { Console } from './console.svelte';
import type { DeskView } from './desk';
import { soldOn, withdrawal, type DialogState } from './dialog';

// The texts ask the browser for its languages as soon as they are loaded.
vi.hoisted(() => vi.stubGlobal('navigator', { languages: ['en'] }));

const OTHER = 'lot-2';
const NOW_MS = 1_000_000;
const lotOf = (id: string, number: string, closes_at_ms: number | null = null) =>
  ({
    id,
    number,
    rules: {
      format: 'english',
      opening_price_minor: 50_00,
      closes_at_ms,
      soft_close: null,
      quantity: 1,
    },
  }) as Lot;
const bid = { seq: 1, bid_id: 'bid-1', amount_minor: 100_00, retracted: false } as BidView;
const room = { paddle: null, channel: 'floor' } as const;

function desk(view: Partial<LotView>, change: Partial<DeskView> = {}): DeskView {
  return {
    connected: true,
    status: 'live',
    kind: 'room',
    lot: lotOf(LOT, '1'),
    view: lotView(view),
    history: { complete: true, bids: [bid] },
    openLotId: null,
    choiceLotId: null,
    hasPending: true,
    groupable: 2,
    clockMinor: null,
    ...change,
  };
}

describe('a dialog is withdrawn', () => {
  it('when its lot is in another state', () => {
    const cases: [DialogState, LotView['state'], LotView['state']][] = [
      [{ kind: 'pass', lotId: LOT }, 'open', 'closed'],
      [{ kind: 'amount', lotId: LOT }, 'open', 'paused'],
      [{ kind: 'phone', lotId: LOT }, 'open', 'closed'],
      [{ kind: 'ask', lotId: LOT }, 'open', 'closed'],
      [{ kind: 'step', lotId: LOT }, 'open', 'paused'],
      [{ kind: 'withdraw', lotId: LOT }, 'pending', 'closed'],
      [{ kind: 'absentee', lotId: LOT }, 'pending', 'open'],
      [{ kind: 'reopen', lotId: LOT }, 'closed', 'open'],
      [{ kind: 'retract', lotId: LOT, bid }, 'paused', 'closed'],
    ];
    for (const [dialog, before, after] of cases) {
      expect(withdrawal(dialog, desk({ state: before })), dialog.kind).toBeNull();
      expect(withdrawal(dialog, desk({ state: after })), dialog.kind).toBe('lot_changed');
    }
  });

  it('when the price, the leader or the reserve is not what Sold was pressed on', () => {
    const view = { price_minor: 100_00, leader: room, reserve_met: false };
    const on = soldOn(lotView(view))!;
    const dialog: DialogState = { kind: 'sold', lotId: LOT, on };
    expect(on).toMatchObject({ priceMinor: 100_00, belowReserve: true, unnamed: true });
    expect(withdrawal(dialog, desk(view))).toBeNull();
    for (const change of [
      { price_minor: 150_00 },
      { leader: { paddle: 3, channel: 'floor' } as const },
      { leader: { paddle: null, channel: 'phone' } as const },
      { reserve_met: true },
    ]) {
      expect(withdrawal(dialog, desk({ ...view, ...change }))).toBe('price_moved');
    }
    expect(withdrawal(dialog, desk({ price_minor: null }))).toBe('bid_gone');
    expect(withdrawal(dialog, desk({ ...view, state: 'closed' }))).toBe('lot_changed');
  });

  it('when its bid is retracted already, or the sale is over', () => {
    const retracted = { complete: true, bids: [{ ...bid, retracted: true }] };
    const dialog: DialogState = { kind: 'retract', lotId: LOT, bid };
    expect(withdrawal(dialog, desk({}, { history: retracted }))).toBe('bid_gone');
    expect(withdrawal({ kind: 'end' }, desk({}))).toBeNull();
    expect(withdrawal({ kind: 'end' }, desk({}, { status: 'ended' }))).toBe('sale_over');
    expect(withdrawal({ kind: 'help' }, desk({}, { status: 'ended' }))).toBeNull();
  });

  it('when the hammer was struck meanwhile, but a retraction waits for it to fall', () => {
    const view = { price_minor: 1, hammer: { struck_at_ms: 1, falls_at_ms: 2, sold: true } };
    const on = soldOn(lotView(view))!;
    expect(withdrawal({ kind: 'sold', lotId: LOT, on }, desk(view))).toBe('struck');
    expect(withdrawal({ kind: 'amount', lotId: LOT }, desk(view))).toBe('struck');
    expect(withdrawal({ kind: 'retract', lotId: LOT, bid }, desk(view))).toBeNull();
  });

  it('when the choice was made, or the lot is not what it was to be', () => {
    const sold = outcome({ result: 'sold', price_minor: 1, winner_paddle: 3 });
    const group = { together: 'choice' as const, others: [OTHER] };
    const due = desk({ state: 'closed', choice_due: true, group, outcome: sold });
    const dialog: DialogState = { kind: 'choose', lotId: LOT };
    expect(withdrawal(dialog, due)).toBeNull();
    expect(withdrawal(dialog, desk({ state: 'closed', outcome: sold }))).toBe('lot_changed');
    const unsold = desk({ state: 'closed', outcome: outcome() });
    expect(withdrawal({ kind: 'reoffer', lotId: LOT }, unsold)).toBeNull();
    expect(withdrawal({ kind: 'reoffer', lotId: LOT }, due)).toBe('lot_changed');
    expect(withdrawal({ kind: 'group' }, desk({}, { groupable: 0 }))).toBeNull();
  });

  it('not for a broken line, which proves nothing', () => {
    const dialog: DialogState = { kind: 'pass', lotId: LOT };
    expect(withdrawal(dialog, desk({ state: 'closed' }, { connected: false }))).toBeNull();
  });
});

it('has nothing to sell without a bid', () => {
  expect(soldOn(lotView({ price_minor: null }))).toBeNull();
  expect(soldOn(lotView({ price_minor: 1, leader: { ...room, paddle: 3 } }))).toMatchObject({
    belowReserve: false,
    unnamed: false,
  });
});

describe('the console', () => {
  let views: Record<string, LotView>;
  let history: Record<string, History>;
  let stage: Lot;
  let sent: Command[];
  let console: Console;
  const one = lotOf(LOT, '1');
  const two = lotOf(OTHER, '2');
  const timed = lotOf('lot-3', '3', 500_000);
  const lots = [one, two, timed];

  beforeEach(() => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    vi.spyOn(performance, 'timeOrigin', 'get').mockReturnValue(0);
    sent = [];
    history = {};
    stage = one;
    views = { [LOT]: lotView({ price_minor: 100_00, leader: { paddle: 3, channel: 'floor' } }) };
    console = new Console({
      online: true,
      status: 'live' as SaleStatus,
      sale: { kind: 'room', currency: 'GBP' },
      lots,
      get stage() {
        return stage;
      },
      lot: (id: string | null) => lots.find((lot) => lot.id === id),
      view: (id: string) => views[id],
      money: (minor: number) => `£${minor / 100}`,
      nextPending: two,
      live: {
        state: { history },
        serverNowMs: () => NOW_MS + 0.4,
        desk: { issue: (command: Command) => sent.push(command), waiting: () => false },
      },
    } as unknown as Room);
  });

  /** What the page does after each change. */
  function show() {
    const { lot, view } = console;
    console.show(lot?.id ?? null, console.ask, view?.price_minor ?? null);
  }

  /** The other console sells lot 1 and opens lot 2. */
  function otherConsoleMovesOn() {
    const sold = outcome({ result: 'sold', price_minor: 100_00, winner_paddle: 3 });
    views = {
      [LOT]: lotView({ state: 'closed', price_minor: 100_00, outcome: sold }),
      [OTHER]: lotView({ lot_id: OTHER, price_minor: 50_00, leader: room }),
    };
    stage = two;
  }

  it('sells at the price that is shown', () => {
    show();
    console.act('sold');
    expect(sent).toEqual([{ kind: 'hammer', lot_id: LOT, result: 'sold', price_minor: 100_00 }]);
  });

  it('asks again when the price moved just before the press', () => {
    show();
    vi.mocked(performance.now).mockReturnValue(1_000);
    const leader = { paddle: 4, channel: 'online' } as const;
    views[LOT] = lotView({ price_minor: 110_00, minimum_minor: 120_00, leader });
    show();
    expect(console.settling).toBe(true);
    vi.mocked(performance.now).mockReturnValue(1_000 + SETTLE_MS - 1);
    console.act('sold');
    console.act('floor');
    expect(sent).toEqual([]);
    expect(console.notice).toContain('It changed to £120 as you pressed. Nothing was sent');
    vi.mocked(performance.now).mockReturnValue(1_000 + SETTLE_MS);
    console.act('sold');
    console.act('floor');
    expect(sent).toMatchObject([
      { kind: 'hammer', price_minor: 110_00 },
      { kind: 'floor_bid', amount_minor: 120_00, channel: 'floor' },
    ]);
  });

  it('asks again when another lot came up just before the press, at the same price', () => {
    show();
    otherConsoleMovesOn();
    views[OTHER] = lotView({ lot_id: OTHER, price_minor: 100_00 });
    vi.mocked(performance.now).mockReturnValue(1_000);
    show();
    console.act('floor');
    expect(sent).toEqual([]);
    expect(console.notice).not.toBeNull();
  });

  it('sells nothing at a price that came while the button was down', () => {
    show();
    console.guardOf('sold')!.press(0);
    views[LOT] = lotView({ price_minor: 110_00, leader: { paddle: 4, channel: 'online' } });
    show();
    console.act('sold');
    expect(sent).toEqual([]);
    expect(console.notice).toContain('£110');
  });

  it('lets the room take a Dutch lot at what the clock shows', () => {
    const clock = {
      opened_at_ms: NOW_MS - 5_000,
      start_minor: 100_00,
      step_minor: 10_00,
      every_ms: 1_000,
      floor_minor: 20_00,
    };
    views[LOT] = lotView({ format: 'dutch', minimum_minor: null, clock });
    console.tick();
    show();
    expect(console.ask).toBe(50_00);
    console.act('floor');
    expect(sent).toMatchObject([{ kind: 'floor_bid', amount_minor: 50_00 }]);
    for (const action of ['warn', 'sold', 'ask', 'pause'] as const) console.act(action);
    expect(sent).toHaveLength(1);
  });

  it('lifts a hammer that was struck', () => {
    views[LOT] = lotView({
      price_minor: 1,
      hammer: { struck_at_ms: 1, falls_at_ms: 2, sold: true },
    });
    console.act('undo');
    console.act('lift');
    expect(sent).toEqual(Array(2).fill({ kind: 'lift_hammer', lot_id: LOT }));
  });

  it('opens the choice of the lot that was won, whatever is on screen', () => {
    views[OTHER] = lotView({ lot_id: OTHER, state: 'closed', choice_due: true });
    console.act('choose');
    expect(console.dialog).toEqual({ kind: 'choose', lotId: OTHER });
  });

  it('says what would have been accepted in the words of the rostrum', () => {
    const bounds = { minimumMinor: null, maximumMinor: null };
    const moved = { code: 'price_moved', minimumMinor: 65_00, maximumMinor: 65_00 };
    expect(console.refusal(moved)).toContain('The price is £65 now');
    expect(console.refusal({ ...bounds, code: 'over_limit', maximumMinor: 40_00 })).toBe(
      'It is more than the limit of this bidder leaves. At most £40.',
    );
    expect(console.refusal({ ...bounds, code: 'not_below_reserve', maximumMinor: 9_00 })).toBe(
      'Bids for the seller must stay below the reserve. At most £9.',
    );
    expect(console.refusal({ ...bounds, code: 'no_group' })).toContain(
      'cannot be offered together',
    );
  });

  it('overrides the reserve and names the buyer only as was asked', () => {
    views[LOT] = lotView({ price_minor: 100_00, leader: room, reserve_met: false });
    show();
    console.act('sold');
    expect(sent).toEqual([]);
    const { dialog } = console;
    if (dialog?.kind !== 'sold') throw new Error('asks');
    console.sell(dialog.lotId, dialog.on, 41);
    expect(sent[0]).toMatchObject({ price_minor: 100_00, override_reserve: true, paddle: 41 });
  });

  it('keeps to the lot of the dialog, and takes the dialog away with a notice', () => {
    console.act('pass');
    console.review();
    expect(console.dialog).toEqual({ kind: 'pass', lotId: LOT });
    otherConsoleMovesOn();
    expect(console.dialog).toEqual({ kind: 'pass', lotId: LOT });
    console.review();
    expect(console.dialog).toBeNull();
    expect(console.notice).toBe('Lot 1 changed meanwhile: sold. Nothing was sent.');
    expect(sent).toEqual([]);
  });

  it('takes no key that was meant for the dialog as meant for the next lot', () => {
    console.act('pass');
    otherConsoleMovesOn();
    console.review();
    console.act('floor');
    expect(sent).toEqual([]);
    vi.mocked(performance.now).mockReturnValue(1_000);
    console.act('warn');
    expect(sent).toEqual([{ kind: 'fair_warning', lot_id: OTHER }]);
    expect(console.notice).toBeNull();
  });

  it('listens again as soon as the notice was read', () => {
    console.act('pass');
    otherConsoleMovesOn();
    console.review();
    console.noticed();
    console.act('warn');
    expect(sent).toEqual([{ kind: 'fair_warning', lot_id: OTHER }]);
  });

  it('looks ahead before it reopens or retracts anything', () => {
    views = { [LOT]: lotView({ state: 'closed' }) };
    for (const action of ['reopen', 'undo'] as const) {
      console.dialog = null;
      console.act(action);
      expect(console.dialog).toEqual({ kind: 'reopen', lotId: LOT });
    }
    expect(sent).toEqual([]);
    console.reopen(LOT, null);
    console.reopen(timed.id, NOW_MS + 120_000);
    console.reoffer(LOT, null);
    expect(sent).toEqual([
      { kind: 'reopen', lot_id: LOT },
      { kind: 'reopen', lot_id: timed.id, closes_at_ms: NOW_MS + 120_000 },
      { kind: 'reoffer', lot_id: LOT },
    ]);
  });

  it('undoes the last bid that stands, once it was looked at', () => {
    history[LOT] = { complete: true, bids: [bid] };
    console.act('undo');
    expect(sent).toEqual([]);
    expect(console.dialog).toEqual({ kind: 'retract', lotId: LOT, bid });
  });
});
