import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Room } from '../state/room.svelte';
import { LOT, lotView, outcome } from '../testing/messages';
import type { BidView, Command, Lot, LotView, SaleStatus } from '../wire/messages';
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
    rules: { opening_price_minor: 50_00, closes_at_ms, soft_close: null },
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
    hasPending: true,
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
      [{ kind: 'step', lotId: LOT }, 'paused', 'closed'],
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
  let stage: Lot;
  let sent: Command[];
  let console: Console;
  const one = lotOf(LOT, '1');
  const two = lotOf(OTHER, '2');
  const timed = lotOf('lot-3', '3', 500_000);
  const lots = [one, two, timed];

  beforeEach(() => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    sent = [];
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
        state: { history: {} },
        serverNowMs: () => NOW_MS + 0.4,
        desk: { issue: (command: Command) => sent.push(command), waiting: () => false },
      },
    } as unknown as Room);
  });

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
    console.act('sold');
    expect(sent).toEqual([{ kind: 'hammer', lot_id: LOT, result: 'sold', price_minor: 100_00 }]);
  });

  it('overrides the reserve and names the buyer only as was asked', () => {
    views[LOT] = lotView({ price_minor: 100_00, leader: room, reserve_met: false });
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

  it('reopens at once where the hammer closes, and asks for a time where the clock does', () => {
    views = { [LOT]: lotView({ state: 'closed' }) };
    console.act('undo');
    expect(sent).toEqual([{ kind: 'reopen', lot_id: LOT }]);
    views = { [timed.id]: lotView({ lot_id: timed.id, state: 'closed' }) };
    stage = timed;
    for (const action of ['reopen', 'undo'] as const) {
      console.dialog = null;
      console.act(action);
      expect(console.dialog).toEqual({ kind: 'reopen', lotId: timed.id });
    }
    expect(sent).toHaveLength(1);
    console.reopenFor(timed.id, 2);
    expect(sent[1]).toEqual({
      kind: 'reopen',
      lot_id: timed.id,
      closes_at_ms: NOW_MS + 2 * 60_000,
    });
  });
});
