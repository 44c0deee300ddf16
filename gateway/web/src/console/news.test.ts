import { expect, it } from 'vitest';
import { bidEvent, LOT, lotView, SALE, snapshot, update } from '../testing/messages';
import type { SaleEvent, WarningSeen } from '../wire/messages';
import { hear, noNews, type News } from './news';

const lifted: SaleEvent = { kind: 'hammer_lifted', lot_id: LOT, by_bid: true };
const leader = { paddle: 1001, channel: 'online' } as const;
const byBid = hear(
  noNews,
  update(6, [bidEvent(1001, 60_00), lifted], { lots: [lotView({ price_minor: 60_00, leader })] }),
);

it('says who lifted the hammer, and at what price', () => {
  expect(byBid.lifted).toEqual({ lotId: LOT, byBid: true, priceMinor: 60_00, leader });
  const taken = hear(noNews, update(6, [{ ...lifted, by_bid: false }], { lots: [lotView()] }));
  expect(taken.lifted).toEqual({ lotId: LOT, byBid: false, priceMinor: null, leader: null });
});

it('keeps saying it while bidding goes on, and until the lot is struck or closed', () => {
  expect(hear(byBid, update(7, [bidEvent(1002, 70_00)])).lifted).toBe(byBid.lifted);
  expect(hear(byBid, snapshot(8)).lifted).toBe(byBid.lifted);
  const ends: SaleEvent[] = [
    { kind: 'hammer_struck', lot_id: LOT, falls_at_ms: 1, sold: true },
    { kind: 'lot_sold', lot_id: LOT, price_minor: 1, winner_paddle: null },
    { kind: 'lot_unsold', lot_id: LOT },
    { kind: 'lot_withdrawn', lot_id: LOT },
    { kind: 'lot_opened', lot_id: 'lot-2' },
  ];
  for (const event of ends) expect(hear(byBid, update(7, [event])).lifted, event.kind).toBeNull();
});

it('counts those who have seen the warning that stands', () => {
  const seen: WarningSeen = {
    type: 'warning_seen',
    sale_id: SALE,
    lot_id: LOT,
    seq: 6,
    seen: 2,
    online: 3,
    median_ms: 180,
    p95_ms: 420,
  };
  const news: News = hear(noNews, seen);
  expect(news.warningSeen).toBe(seen);
  expect(hear(news, update(7, [{ kind: 'fair_warning', lot_id: LOT }])).warningSeen).toBeNull();
});
