import { beforeEach, describe, expect, it } from 'vitest';
import { FakeTime } from '../testing/fakes';
import { LOT, SALE } from '../testing/messages';
import type { BidRefused, ServerMessage } from '../wire/messages';
import { ANSWER_WITHIN_MS, BidDesk, CHECK_WITHIN_MS } from './bids';

const order = {
  saleId: SALE,
  lotId: LOT,
  currency: 'GBP',
  amountMinor: 150_00,
  kind: 'amount',
} as const;

let time: FakeTime;
let online: boolean;
let sent: Record<string, unknown>[];
let reconnects: number;
let user: string | null;
let stored: string;
let ids: number;
let desk: BidDesk;

const make = () =>
  new BidDesk({
    send: (message) => {
      if (online) sent.push({ ...message });
      return online;
    },
    userId: () => user,
    reconnect: () => (reconnects += 1),
    timers: time,
    newId: () => `bid-${++ids}`,
    onChange: () => undefined,
    store: { load: () => stored, save: (text) => (stored = text) },
  });

beforeEach(() => {
  time = new FakeTime();
  online = true;
  sent = [];
  reconnects = 0;
  user = 'anna';
  stored = '';
  ids = 0;
  desk = make();
});

const accepted = (bid_id: string): ServerMessage => ({
  type: 'bid_accepted',
  bid_id,
  sale_id: SALE,
  lot_id: LOT,
  seq: 9,
  at_ms: 1,
  leading: true,
  price_minor: 150_00,
  minimum_minor: 160_00,
  max_minor: null,
  repeated: false,
});
const refused = (bid_id: string, code: string, change: Partial<BidRefused> = {}) =>
  desk.onMessage({
    type: 'bid_refused',
    bid_id,
    sale_id: SALE,
    lot_id: LOT,
    code,
    message: '',
    minimum_minor: null,
    maximum_minor: null,
    final: true,
    repeated: false,
    ...change,
  });
const fate = (index = 0) => desk.attempts[index]?.fate;

describe('a bid', () => {
  it('is sent as it was shown, with exactly one amount', () => {
    desk.place(order);
    desk.place({ ...order, kind: 'max', amountMinor: 900_00 });
    expect(sent[0]).toEqual({
      type: 'bid',
      bid_id: 'bid-1',
      sale_id: SALE,
      lot_id: LOT,
      currency: 'GBP',
      amount_minor: 150_00,
    });
    expect(sent[1]).toMatchObject({ max_minor: 900_00 });
    expect(sent[1]).not.toHaveProperty('amount_minor');
  });

  it('is not taken without a connection', () => {
    online = false;
    expect(desk.place(order)).toBeNull();
    expect(desk.attempts).toEqual([]);
  });

  it('is not taken from a guest', () => {
    user = null;
    expect(desk.place(order)).toBeNull();
    expect(sent).toEqual([]);
  });

  it('is settled by its answer and leaves no timer behind', () => {
    desk.place(order);
    desk.onMessage(accepted('bid-1'));
    expect(fate()).toEqual({ phase: 'accepted', leading: true, priceMinor: 150_00 });
    expect(time.pending).toBe(0);
    expect(stored).toBe('[]');
  });

  it('says what would have been accepted when it is refused', () => {
    desk.place(order);
    refused('bid-1', 'below_minimum', { minimum_minor: 160_00 });
    expect(fate()).toEqual({
      phase: 'refused',
      code: 'below_minimum',
      minimumMinor: 160_00,
      maximumMinor: null,
    });
  });
});

describe('a bid without an answer', () => {
  it('is asked for in time, and the line replaced when that is not answered either', async () => {
    desk.place(order);
    await time.advance(ANSWER_WITHIN_MS);
    expect(fate()).toEqual({ phase: 'checking' });
    expect(sent.at(-1)).toEqual({ type: 'bid_status', sale_id: SALE, bid_id: 'bid-1' });
    expect(reconnects).toBe(0);
    await time.advance(CHECK_WITHIN_MS);
    expect(reconnects).toBe(1);
  });

  it('learns its fate after a reconnect', () => {
    desk.place(order);
    online = false;
    desk.onOffline();
    expect(fate()).toEqual({ phase: 'checking' });
    expect(time.pending).toBe(0);
    online = true;
    desk.onOnline();
    expect(sent.map((message) => message['type'])).toEqual(['bid', 'bid_status']);
    refused('bid-1', 'not_received');
    expect(fate()).toMatchObject({ phase: 'refused', code: 'not_received' });
  });

  it('keeps an answer that arrives late', async () => {
    desk.place(order);
    await time.advance(ANSWER_WITHIN_MS + 1);
    desk.onMessage(accepted('bid-1'));
    expect(fate()?.phase).toBe('accepted');
    expect(time.pending).toBe(0);
  });

  it('is asked for after a reload of the page', () => {
    desk.place(order);
    const reloaded = make();
    expect(reloaded.attempts).toMatchObject([{ bidId: 'bid-1', fate: { phase: 'checking' } }]);
    reloaded.onOnline();
    expect(sent.at(-1)).toMatchObject({ type: 'bid_status', bid_id: 'bid-1' });
  });

  it('is asked for by nobody but its bidder, who learns the fate on signing in again', async () => {
    desk.place(order);
    user = null;
    desk.onOffline();
    for (const other of [null, 'boris']) {
      user = other;
      desk.onOnline();
      await time.advance(ANSWER_WITHIN_MS + CHECK_WITHIN_MS);
    }
    expect(sent).toHaveLength(1);
    expect(reconnects).toBe(0);
    expect(fate()).toEqual({ phase: 'checking' });
    user = 'anna';
    desk.onOnline();
    expect(sent.at(-1)).toMatchObject({ type: 'bid_status', bid_id: 'bid-1' });
  });

  it('has an unknown fate, not a refusal, while the server does not know us', () => {
    desk.place(order);
    desk.onOffline();
    for (let i = 0; i < 5; i++) {
      desk.onOnline();
      refused('bid-1', 'unauthorised', { final: false });
    }
    expect(fate()).toEqual({ phase: 'checking' });
  });

  it('starts with nothing when what was stored is damaged', () => {
    stored = '{"not":"a list"';
    expect(make().attempts).toEqual([]);
  });

  it('keeps asking while the question itself is refused for now', async () => {
    desk.place(order);
    desk.onOffline();
    desk.onOnline();
    for (let i = 0; i < 5; i++) {
      refused('bid-1', 'busy', { final: false });
      await time.advance(1_000);
    }
    expect(fate()).toEqual({ phase: 'checking' });
    expect(sent.filter((message) => message['type'] === 'bid_status')).toHaveLength(6);
  });
});

describe('a refusal that is not final', () => {
  it('is followed by the same bid again, a bounded number of times', async () => {
    desk.place(order);
    for (let i = 0; i < 4; i++) {
      refused('bid-1', 'busy', { final: false });
      await time.advance(3_500);
    }
    const bids = sent.filter((message) => message['type'] === 'bid');
    expect(bids).toHaveLength(4);
    expect(new Set(bids.map((message) => message['bid_id']))).toEqual(new Set(['bid-1']));
    expect(fate()).toMatchObject({ phase: 'refused', code: 'busy' });
  });

  it('signs in anew when the server no longer knows us, then sends the bid again', () => {
    desk.place(order);
    refused('bid-1', 'unauthorised', { final: false });
    expect(reconnects).toBe(1);
    desk.onOffline();
    desk.onOnline();
    expect(sent.map((message) => message['type'])).toEqual(['bid', 'bid']);
  });

  it('is shown when it came from bidding too fast', () => {
    desk.place(order);
    refused('bid-1', 'rate_limited', { final: false });
    expect(fate()).toMatchObject({ phase: 'refused', code: 'rate_limited' });
  });
});
