import { describe, expect, it } from 'vitest';
import { LOT, lotView, outcome } from '../testing/messages';
import type { BidView, Lot } from '../api/resources';
import type { LotView, OutcomeResult } from '../wire/messages';
import {
  ask,
  enabled,
  isGroupable,
  isSealed,
  reopenedForMin,
  undoBid,
  type DeskView,
} from './desk';
import { keymap, type Action } from './keymap';
import { parsePaddle } from './paddle';

const rules = { format: 'english', opening_price_minor: 50_00, quantity: 1, house_bids: false };
const lot = { id: LOT, rules } as Lot;
const housed: Lot = {
  ...lot,
  rules: { ...lot.rules, house_bids: true, reserve_price_minor: 150_00 },
};
const hammer = { struck_at_ms: 1, falls_at_ms: 401, sold: true };
const group = { together: 'choice' as const, others: ['lot-2'] };
const bid = (seq: number, change: Partial<BidView> = {}): BidView => ({
  seq,
  at_ms: 0,
  paddle: 7,
  channel: 'floor',
  amount_minor: 100_00,
  kind: 'bid',
  retracted: false,
  mine: false,
  bid_id: `bid-${seq}`,
  ...change,
});
function desk(view: Partial<LotView>, change: Partial<DeskView> = {}): DeskView {
  const full = lotView(view);
  const running = full.state === 'open' || full.state === 'paused';
  return {
    connected: true,
    status: 'live',
    kind: 'room',
    lot,
    view: full,
    history: undefined,
    openLotId: running ? LOT : null,
    choiceLotId: full.choice_due ? LOT : null,
    hasPending: true,
    groupable: 2,
    clockMinor: null,
    ...change,
  };
}

describe('what can be done', () => {
  it('asks at the minimum, or at the opening before the lot is known', () => {
    expect(ask(desk({ minimum_minor: 120_00 }))).toBe(120_00);
    expect(ask(desk({ state: 'pending', minimum_minor: null }))).toBe(50_00);
    expect(ask(desk({ state: 'closed', minimum_minor: null }))).toBeNull();
  });

  it('sells only what has a bid', () => {
    expect(enabled('sold', desk({ price_minor: null }))).toBe(false);
    expect(enabled('sold', desk({ price_minor: 1 }))).toBe(true);
    expect(enabled('sold', desk({ price_minor: 1, state: 'paused' }))).toBe(false);
  });

  it('opens one lot at a time in the room', () => {
    expect(enabled('next', desk({}))).toBe(false);
    expect(enabled('next', desk({ state: 'closed' }))).toBe(true);
    expect(enabled('next', desk({ state: 'closed' }, { hasPending: false }))).toBe(false);
    expect(enabled('open', desk({ state: 'pending' }, { openLotId: 'other' }))).toBe(false);
    expect(enabled('open', desk({ state: 'pending' }))).toBe(true);
  });

  it('is nothing but the help while there is no connection', () => {
    const history = { complete: true, bids: [bid(1)] };
    const views: Partial<LotView>[] = [
      { state: 'pending' },
      { state: 'pending', group },
      { state: 'open', price_minor: 1 },
      { state: 'open', hammer },
      { state: 'paused', price_minor: 1 },
      { state: 'closed', outcome: outcome() },
      { state: 'closed', choice_due: true },
    ];
    for (const action of Object.keys(keymap) as Action[]) {
      const possible = (connected: boolean) =>
        views.some((view) =>
          (['published', 'live'] as const).some((status) =>
            enabled(action, desk(view, { connected, status, history, lot: housed })),
          ),
        );
      expect(possible(true), action).toBe(true);
      expect(possible(false), action).toBe(action === 'help');
    }
  });

  it('does nothing to the lots of a sale that is not live', () => {
    for (const action of ['floor', 'next', 'open', 'sold', 'pause', 'reopen', 'undo'] as const) {
      expect(enabled(action, desk({ price_minor: 1 }, { status: 'ended' })), action).toBe(false);
    }
    expect(enabled('start', desk({}, { status: 'published' }))).toBe(true);
  });
});

describe('the hammer falls', () => {
  const struck = desk({ price_minor: 1, hammer }, { history: { complete: true, bids: [bid(1)] } });

  it('lets it be lifted, by its own key or by undo, and nothing else be done to the lot', () => {
    const possible = (Object.keys(keymap) as Action[]).filter((action) => enabled(action, struck));
    expect(possible.sort()).toEqual(['end', 'group', 'help', 'lift', 'message', 'undo']);
    expect(enabled('lift', desk({ price_minor: 1 }))).toBe(false);
  });
});

describe('the running order', () => {
  it('skips and withdraws what is still to come, and withdraws what is open', () => {
    expect(enabled('skip', desk({ state: 'pending' }))).toBe(true);
    expect(enabled('skip', desk({ state: 'pending', skipped: true }))).toBe(false);
    expect(enabled('skip', desk({}))).toBe(false);
    expect(enabled('withdraw', desk({ state: 'pending' }, { status: 'published' }))).toBe(true);
    expect(enabled('withdraw', desk({}))).toBe(true);
    expect(enabled('withdraw', desk({ state: 'closed' }))).toBe(false);
    expect(enabled('withdraw', desk({ state: 'pending', group }))).toBe(false);
  });

  it('offers again what was not sold', () => {
    const closed = (result: OutcomeResult) =>
      desk({ state: 'closed', outcome: outcome({ result }) });
    const results = ['unsold', 'withdrawn', 'sold', 'sold_with'] as const;
    expect(results.map((result) => enabled('reoffer', closed(result)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    // A part of what was sold goes on with its leading lot only.
    expect(results.map((result) => enabled('reopen', closed(result)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('offers together what is free, and splits what is not sold', () => {
    const free = (view: Partial<LotView>, change: Partial<Lot['rules']> = {}) =>
      isGroupable({ ...lot, rules: { ...lot.rules, ...change } }, lotView(view));
    expect(free({ state: 'pending' })).toBe(true);
    expect(free({ state: 'closed', outcome: outcome() })).toBe(true);
    expect(free({ state: 'closed', outcome: outcome({ result: 'withdrawn' }) })).toBe(false);
    expect(free({ state: 'open' })).toBe(false);
    expect(free({ state: 'pending', group })).toBe(false);
    expect(free({ state: 'pending', led_by: 'lot-2' })).toBe(false);
    expect(free({ state: 'pending', format: 'vickrey' })).toBe(false);
    expect(free({ state: 'pending' }, { quantity: 6 })).toBe(false);
    expect(enabled('group', desk({}, { groupable: 1 }))).toBe(false);
    expect(enabled('split', desk({ state: 'pending', group }))).toBe(true);
    expect(enabled('split', desk({ group }))).toBe(false);
    const sold = outcome({ result: 'sold' });
    expect(enabled('split', desk({ state: 'closed', group, outcome: sold }))).toBe(false);
    expect(enabled('open', desk({ state: 'pending', led_by: 'lot-2' }))).toBe(false);
  });

  it('opens nothing before the winner of a choice has chosen, but can undo the hammer', () => {
    const due = desk({
      state: 'closed',
      choice_due: true,
      group,
      outcome: outcome({ result: 'sold' }),
    });
    expect(enabled('choose', due)).toBe(true);
    expect(enabled('next', due)).toBe(false);
    expect(enabled('reopen', due)).toBe(true);
    const other = desk({ state: 'closed', outcome: outcome() }, { choiceLotId: 'lot-2' });
    expect(enabled('choose', other)).toBe(true);
    expect(enabled('reopen', other)).toBe(false);
  });
});

describe('formats', () => {
  const english: Action[] = ['warn', 'ask', 'step', 'pass', 'sold', 'pause', 'reopen', 'house'];

  it.each(['dutch', 'vickrey', 'sealed_first_price'] as const)('%s has no hammer', (format) => {
    for (const action of english) {
      for (const state of ['open', 'paused', 'closed'] as const) {
        const view = { format, state, price_minor: 1, outcome: outcome() };
        expect(enabled(action, desk(view, { lot: housed })), action).toBe(false);
      }
    }
    expect(enabled('amount', desk({ format }))).toBe(true);
    expect(enabled('withdraw', desk({ format }))).toBe(true);
  });

  it('has the room stop the clock at what it shows, and no sealed bid in one tap', () => {
    const dutch = desk({ format: 'dutch', minimum_minor: null }, { clockMinor: 900_00 });
    expect(ask(dutch)).toBe(900_00);
    expect(enabled('floor', dutch)).toBe(true);
    expect(enabled('absentee', desk({ format: 'dutch', state: 'pending' }))).toBe(false);
    expect(enabled('floor', desk({ format: 'vickrey' }))).toBe(false);
    expect(isSealed(desk({ format: 'vickrey' }))).toBe(true);
    expect(isSealed(desk({ format: 'dutch' }))).toBe(false);
  });

  it('bids for the seller where the rules say so, below the reserve, and never sells to the house', () => {
    const offered = (minimum_minor: number, other = housed) =>
      enabled('house', desk({ minimum_minor }, { lot: other }));
    expect(offered(149_00)).toBe(true);
    expect(offered(150_00)).toBe(false);
    expect(offered(100_00, lot)).toBe(false);
    const leader = { paddle: null, channel: 'house' } as const;
    expect(enabled('sold', desk({ price_minor: 1, leader }))).toBe(false);
  });
});

describe('undo', () => {
  const history = { complete: true, bids: [bid(3, { retracted: true }), bid(2), bid(1)] };

  it('takes back the newest bid that stands', () => {
    const open = desk({ price_minor: 1 }, { history });
    expect(undoBid(open)?.bid_id).toBe('bid-2');
    expect(enabled('undo', open)).toBe(true);
  });

  it('reopens a closed lot instead', () => {
    const closed = desk({ state: 'closed' }, { history });
    expect(undoBid(closed)).toBeNull();
    expect(enabled('undo', closed)).toBe(true);
    expect(enabled('undo', { ...closed, openLotId: 'other' })).toBe(false);
  });

  it('has nothing to do before the first bid', () => {
    expect(enabled('undo', desk({}, { history: { complete: true, bids: [] } }))).toBe(false);
  });
});

it('reopens a lot of the clock for one extension, and long enough to be noticed', () => {
  const closing = (extend_ms: number | null) =>
    reopenedForMin({
      rules: {
        closes_at_ms: 1,
        soft_close: extend_ms === null ? null : { window_ms: 1, extend_ms, max_extensions: null },
      },
    } as Lot);
  expect([null, 30_000, 120_000, 250_000].map(closing)).toEqual([2, 2, 2, 5]);
});

it('reads paddles', () => {
  expect(['', ' 12 ', '0', '-1', '1.5', 'abc'].map(parsePaddle)).toEqual([
    null,
    12,
    'invalid',
    'invalid',
    'invalid',
    'invalid',
  ]);
});
