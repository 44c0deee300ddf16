import { beforeEach, expect, it } from 'vitest';
import { lotView, outcome, you, LOT } from '../testing/messages';
import type { LotView, YouLot } from '../wire/messages';
import { Results } from './results';

let stored: string | null;
let closed: readonly string[];
let results: Results;

const make = () =>
  new Results({
    onChange: (ids) => (closed = ids),
    store: { load: () => stored, save: (text) => (stored = text) },
  });
beforeEach(() => {
  stored = null;
  closed = [];
  results = make();
});

const bid: YouLot = { lot_id: LOT, max_minor: 150_00, leading: true, absentee_minor: null };
const mine = { paddle: 7, channel: 'online' } as const;
const open = lotView({ price_minor: 150_00, leader: mine });
const sold = (winner_paddle: number): LotView => ({
  ...open,
  state: 'closed',
  outcome: outcome({ result: 'sold', price_minor: 150_00, winner_paddle }),
});
const see = (lot: LotView, user = 'anna') =>
  results.see(user, you({ lots: [bid] }), { [LOT]: lot });

it('tells that a lot closed on which the bidder stood, until it is put away', () => {
  see(open);
  expect(closed).toEqual([]);
  see(sold(7));
  expect(closed).toEqual([LOT]);
  results.dismiss(LOT);
  see(sold(7));
  expect(closed).toEqual([]);
});

it('is silent about what was over before', () => {
  see(sold(7));
  expect(closed).toEqual([]);
});

it('takes the news back when the lot is reopened', () => {
  see(open);
  see(sold(8));
  see(open);
  expect(closed).toEqual([]);
  see(sold(8));
  expect(closed).toEqual([LOT]);
});

it('survives a reload, and says nothing to another user', () => {
  see(open);
  results = make();
  see(sold(7));
  expect(closed).toEqual([LOT]);
  closed = [];
  results = make();
  expect(closed).toEqual([LOT]);
  see(sold(7), 'boris');
  expect(closed).toEqual([]);
});

it('starts with nothing when what was stored is damaged', () => {
  stored = '{"userId":';
  results = make();
  see(open);
  see(sold(7));
  expect(closed).toEqual([LOT]);
});

it('tells of a lot that was won without a lead before it', () => {
  results.see('anna', you(), { [LOT]: lotView({ format: 'dutch' }) });
  results.stake('anna', LOT);
  see(sold(7));
  expect(closed).toEqual([LOT]);
});
