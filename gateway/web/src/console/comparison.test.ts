import { expect, it } from 'vitest';
import { lotView, outcome } from '../testing/messages';
import { compare, startsFrom } from './comparison';

const open = lotView({
  price_minor: 600_00,
  minimum_minor: 650_00,
  leader: { paddle: 12, channel: 'floor' },
  bid_count: 2,
});
const changed = (...args: Parameters<typeof compare>) =>
  compare(...args).flatMap(({ aspect, changed }) => (changed ? [aspect] : []));

it('names what a retraction changes, and leaves out what the lot does not have', () => {
  const after = lotView({
    price_minor: 550_00,
    minimum_minor: 600_00,
    leader: { paddle: 1001, channel: 'online' },
    bid_count: 1,
  });
  expect(changed(open, after)).toEqual(['price', 'leader', 'next', 'bids']);
  expect(compare(open, after).map(({ aspect }) => aspect)).toEqual([
    'state',
    'price',
    'leader',
    'next',
    'bids',
  ]);
});

it('tells another bidder from the same one at another place', () => {
  const phone = { ...open, leader: { paddle: 12, channel: 'phone' as const } };
  expect(changed(open, phone)).toEqual(['leader']);
  expect(changed(open, { ...open, leader: null })).toEqual(['leader']);
  expect(changed(open, { ...open, leader: { ...open.leader! } })).toEqual([]);
});

it('shows reserve and close as soon as one side has them', () => {
  const sold = outcome({ result: 'sold', price_minor: 600_00, winner_paddle: 12 });
  const before = lotView({ ...open, state: 'closed', reserve_met: true, outcome: sold });
  const after = lotView({ ...open, reserve_met: true, closes_at_ms: 5_000 });
  const rows = compare(before, after);
  expect(rows).toContainEqual({ aspect: 'reserve', changed: false });
  expect(rows).toContainEqual({ aspect: 'close', changed: true });
  expect(rows).toContainEqual({ aspect: 'state', changed: true });
});

it('starts from the lot as it is shown, or from another one', () => {
  expect(startsFrom(open, { ...open })).toBe(true);
  expect(startsFrom(open, { ...open, extensions: 1 })).toBe(false);
  expect(startsFrom(open, undefined)).toBe(false);
});
