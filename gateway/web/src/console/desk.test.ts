import { describe, expect, it } from 'vitest';
import { LOT, lotView } from '../testing/messages';
import type { BidView, Lot, LotView } from '../wire/messages';
import { ask, enabled, reopenedForMin, undoBid, type DeskView } from './desk';
import { keymap, type Action } from './keymap';
import { parsePaddle } from './paddle';

const lot = { id: LOT, rules: { opening_price_minor: 50_00 } } as Lot;
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
    hasPending: true,
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
      { state: 'open', price_minor: 1 },
      { state: 'paused', price_minor: 1 },
      { state: 'closed' },
    ];
    for (const action of Object.keys(keymap) as Action[]) {
      const possible = (connected: boolean) =>
        views.some((view) =>
          (['published', 'live'] as const).some((status) =>
            enabled(action, desk(view, { connected, status, history })),
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
