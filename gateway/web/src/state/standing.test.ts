import { describe, expect, it } from 'vitest';
import { LOT, lotView, outcome, you } from '../testing/messages';
import { leaderLabel, standing } from './standing';
import type { Outcome } from '../wire/messages';

const bidder = you({
  lots: [{ lot_id: LOT, max_minor: 100_00, leading: false, absentee_minor: null }],
});
const closed = (ended: Partial<Outcome>, paddle: number | null = 8) =>
  lotView({
    state: 'closed',
    outcome: outcome(ended),
    price_minor: 9,
    leader: { paddle, channel: 'online' },
  });

describe('standing', () => {
  it.each([
    ['won', closed({ result: 'sold', price_minor: 9, winner_paddle: 7 }, 7)],
    ['lost', closed({ result: 'sold', price_minor: 9, winner_paddle: 8 })],
    ['passed', closed({}, 7)],
    ['leading', lotView({ leader: { paddle: 7, channel: 'online' }, price_minor: 1 })],
    ['outbid', lotView({ leader: { paddle: null, channel: 'floor' }, price_minor: 1 })],
    ['outbid', lotView({ state: 'paused', leader: { paddle: 8, channel: 'phone' } })],
    ['sealed', lotView({ format: 'vickrey', bid_count: null })],
    ['sealed', lotView({ format: 'sealed_first_price', bid_count: null })],
    [
      'lost',
      { ...closed({ result: 'sold', price_minor: 9, winner_paddle: 8 }), format: 'vickrey' },
    ],
  ] as const)('is %s', (expected, lot) => {
    expect(standing(lot, bidder)).toBe(expected);
  });

  it('is absentee while a maximum waits for the lot', () => {
    const lots = [{ lot_id: LOT, max_minor: null, leading: false, absentee_minor: 5 }];
    expect(standing(lotView({ state: 'pending' }), you({ lots }))).toBe('absentee');
  });

  it('is none where another lot took the bids', () => {
    expect(standing(closed({ result: 'sold_with', with_lot_id: 'lot-2' }), bidder)).toBe('none');
  });

  it('is none for guests and for those who did not bid', () => {
    const sold = closed({ result: 'sold', price_minor: 9, winner_paddle: 8 });
    expect(standing(sold, null)).toBe('none');
    expect(standing(sold, you())).toBe('none');
  });
});

describe('leader', () => {
  it('is you only by your own paddle', () => {
    const room = lotView({ leader: { paddle: null, channel: 'floor' } });
    expect(leaderLabel(room, bidder)).toEqual({ who: 'room', paddle: null });
    expect(leaderLabel(lotView({ leader: { paddle: 7, channel: 'absentee' } }), bidder)).toEqual({
      who: 'you',
    });
    expect(leaderLabel(lotView({ leader: { paddle: 7, channel: 'absentee' } }), null)).toEqual({
      who: 'book',
      paddle: 7,
    });
    expect(leaderLabel(lotView(), bidder)).toEqual({ who: 'nobody' });
  });
});
