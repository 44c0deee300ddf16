import { describe, expect, it } from 'vitest';
import { bidEvent, LOT, lotView, SALE, snapshot, update, you } from '../testing/messages';
import type { BidView } from '../api/resources';
import type { ServerMessage } from '../wire/messages';
import { bidKey, takenBack } from './history';
import { emptySale, reduce, type SaleState } from './sale';
import { standing } from './standing';

const after = (...messages: ServerMessage[]): SaleState =>
  messages.reduce((state, message) => reduce(state, { type: 'message', message }), emptySale(SALE));

/** The bids of the lot come over REST, as they are now. */
const fetched = (state: SaleState, bids: BidView[]): SaleState =>
  reduce(state, { type: 'history_fetched', lotId: LOT, bids, asOf: state.historyVersion });

const led = (paddle: number, price: number) =>
  lotView({ price_minor: price, leader: { paddle, channel: 'online' }, bid_count: 1 });

describe('snapshot and updates', () => {
  it('knows nothing before the first snapshot, and everything after it', () => {
    expect(emptySale(SALE).sync).toBe('waiting');
    const state = after(snapshot(5));
    expect(state).toMatchObject({ sync: 'synced', seq: 5, stageLotId: LOT });
    expect(state.lots[LOT]?.state).toBe('open');
  });

  it('applies updates in order', () => {
    const state = after(
      snapshot(5),
      update(6, [bidEvent(7, 100_00)], { lots: [led(7, 100_00)] }),
      update(7, [bidEvent(8, 110_00)], { lots: [led(8, 110_00)] }),
    );
    expect(state.seq).toBe(7);
    expect(state.lots[LOT]?.price_minor).toBe(110_00);
    expect(state.history[LOT]?.bids.map((bid) => bid.seq)).toEqual([7, 6]);
  });

  it('ignores an update before the snapshot and one that it has already', () => {
    expect(after(update(1, [])).seq).toBeNull();
    const state = after(snapshot(5), update(5, [bidEvent(7, 1)], { lots: [led(7, 1)] }));
    expect(state.lots[LOT]?.price_minor).toBeNull();
  });

  it('ignores messages of another sale', () => {
    const other = { ...update(6, [], { lots: [led(7, 1)] }), sale_id: 'sale-2' };
    expect(after(snapshot(5), other).seq).toBe(5);
  });

  it('takes numbers that are not consecutive, as long as none was missed', () => {
    const state = after(
      snapshot(5),
      update(9, [], { after_seq: 3, lots: [led(7, 100_00)] }),
      update(12, [], { after_seq: 9, lots: [led(8, 110_00)] }),
    );
    expect(state).toMatchObject({ sync: 'synced', seq: 12 });
    expect(state.lots[LOT]?.price_minor).toBe(110_00);
  });

  it('stops at a gap and applies nothing until it is closed', () => {
    const gap = after(snapshot(5), update(7, [], { lots: [led(8, 120_00)] }));
    expect(gap).toMatchObject({ sync: 'gap', seq: 5 });
    expect(gap.lots[LOT]?.price_minor).toBeNull();

    const late = reduce(gap, { type: 'message', message: update(6, [], { lots: [led(7, 1)] }) });
    expect(late.seq).toBe(5);

    const resumed: ServerMessage = { type: 'resumed', sale_id: SALE, from_seq: 5, seq: 7 };
    const caughtUp = [
      resumed,
      update(6, [], { lots: [led(7, 110_00)] }),
      update(7, [], { lots: [led(8, 120_00)] }),
    ].reduce((state, message) => reduce(state, { type: 'message', message }), gap);
    expect(caughtUp).toMatchObject({ sync: 'synced', seq: 7 });
    expect(caughtUp.lots[LOT]?.price_minor).toBe(120_00);
  });

  it('a snapshot closes a gap too, and makes known histories incomplete', () => {
    const read = fetched(after(snapshot(5)), []);
    expect(read.history[LOT]?.complete).toBe(true);
    const state = reduce(read, { type: 'message', message: snapshot(9) });
    expect(state).toMatchObject({ sync: 'synced', seq: 9 });
    expect(state.history[LOT]?.complete).toBe(false);
  });

  it('keeps the last lot in the middle when none is on the block', () => {
    const sale = { status: 'live', current_lot_id: null, message: null } as const;
    expect(after(snapshot(5), update(6, [], { sale })).stageLotId).toBe(LOT);
  });

  it('counts registrations and book changes for the lists read elsewhere', () => {
    const state = after(
      snapshot(5),
      update(6, [
        {
          kind: 'registration_changed',
          paddle: 9,
          user_id: 'u',
          status: 'pending',
          limit_minor: null,
        },
      ]),
      update(7, [{ kind: 'absentee_left', lot_id: LOT }]),
    );
    expect(state.registrationsVersion).toBe(2);
    expect(state.bookVersion).toBe(1);
  });
});

describe('own standing', () => {
  const mine = snapshot(5, { you: you() });

  it('follows public updates without a personal message', () => {
    const leading = after(mine, update(6, [bidEvent(7, 100_00)], { lots: [led(7, 100_00)] }));
    expect(leading.you?.lots).toEqual([
      { lot_id: LOT, max_minor: 100_00, leading: true, absentee_minor: null },
    ]);
    expect(standing(leading.lots[LOT], leading.you)).toBe('leading');

    const outbid = reduce(leading, {
      type: 'message',
      message: update(7, [bidEvent(8, 110_00)], { lots: [led(8, 110_00)] }),
    });
    expect(outbid.you?.lots[0]).toMatchObject({ leading: false, max_minor: 100_00 });
    expect(standing(outbid.lots[LOT], outbid.you)).toBe('outbid');
  });

  it('learns the own maximum from the answer to a bid, and the book from one without a price', () => {
    const answer = { bid_id: 'b', sale_id: SALE, lot_id: LOT, seq: 6, at_ms: 1, repeated: false };
    const accepted = { type: 'bid_accepted', ...answer, leading: true, minimum_minor: 1 } as const;
    const state = after(mine, { ...accepted, price_minor: 100_00, max_minor: 400_00 });
    expect(state.you?.lots[0]).toMatchObject({ max_minor: 400_00, absentee_minor: null });
    const booked = after(mine, { ...accepted, price_minor: null, max_minor: 400_00 });
    expect(booked.you?.lots[0]).toMatchObject({ max_minor: null, absentee_minor: 400_00 });
    const sealed = snapshot(5, {
      you: you(),
      lots: [lotView({ format: 'vickrey', bid_count: null })],
    });
    const hidden = after(sealed, { ...accepted, price_minor: null, max_minor: 400_00 });
    expect(hidden.you?.lots[0]).toMatchObject({ max_minor: 400_00, absentee_minor: null });
  });

  it('reads a history again when all bids of somebody were taken back', () => {
    const bid = update(6, [bidEvent(8, 110_00)], { lots: [led(8, 110_00)] });
    const read = fetched(after(mine, bid), []);
    expect(read.history[LOT]?.complete).toBe(true);
    const gone = update(7, [{ kind: 'bids_retracted', lot_id: LOT, paddle: 8 }]);
    const state = reduce(read, { type: 'message', message: gone });
    expect(state.history[LOT]?.complete).toBe(false);
  });

  it('does not lower a known maximum to the shown price', () => {
    const lots = [{ lot_id: LOT, max_minor: 500_00, leading: true, absentee_minor: null }];
    const state = after(
      snapshot(5, { you: you({ lots }) }),
      update(6, [bidEvent(8, 110_00)], { lots: [led(7, 120_00)] }),
    );
    expect(state.you?.lots[0]?.max_minor).toBe(500_00);
  });

  it('stays nothing for those who never bid', () => {
    const state = after(mine, update(6, [bidEvent(8, 110_00)], { lots: [led(8, 110_00)] }));
    expect(standing(state.lots[LOT], state.you)).toBe('none');
  });

  it('takes the paddle of a fresh registration at once', () => {
    const state = reduce(after(snapshot(5)), { type: 'registered', paddle: 12, status: 'pending' });
    expect(state.you).toEqual(you({ paddle: 12, status: 'pending' }));
  });
});

describe('history', () => {
  it('marks a retracted bid and asks for the rest anew', () => {
    const state = after(
      snapshot(5),
      update(6, [bidEvent(7, 100_00)]),
      update(7, [{ kind: 'bid_retracted', lot_id: LOT, seq_of_bid: 6 }]),
    );
    expect(state.history[LOT]).toMatchObject({ complete: false, bids: [{ retracted: true }] });
  });

  it('keeps several bids of one record apart, and marks the one that is retracted', () => {
    const state = after(
      snapshot(5),
      update(6, [bidEvent(7, 100_00), bidEvent(8, 110_00)]),
      update(7, [{ kind: 'bid_retracted', lot_id: LOT, seq_of_bid: 6, bid_id: 'b11000' }]),
    );
    const bids = state.history[LOT]!.bids;
    expect(bids.map((bid) => [bid.amount_minor, bid.retracted])).toEqual([
      [110_00, true],
      [100_00, false],
    ]);
    expect(new Set(bids.map((_, index) => bidKey(bids, index))).size).toBe(2);
  });

  it('leaves it to the server which bid of a record was retracted, when no id tells', () => {
    const anonymous = (paddle: number, price: number) => {
      const { bid_id: _, ...event } = bidEvent(paddle, price);
      return event;
    };
    const state = after(
      snapshot(5),
      update(6, [anonymous(7, 100_00), anonymous(8, 110_00)]),
      update(7, [{ kind: 'bid_retracted', lot_id: LOT, seq_of_bid: 6 }]),
    );
    expect(state.history[LOT]).toMatchObject({
      complete: false,
      bids: [{ retracted: false }, { retracted: false }],
    });
  });

  it('tells a bidder of a bid that was taken back, until the next one', () => {
    const messages = [
      snapshot(5, { you: you() }),
      update(6, [bidEvent(7, 100_00)]),
      update(7, [bidEvent(8, 110_00)]),
      update(8, [bidEvent(7, 120_00)]),
    ];
    const taken = (...more: ServerMessage[]) =>
      takenBack(after(...messages, ...more).history[LOT], 7);
    const older = update(9, [{ kind: 'bid_retracted', lot_id: LOT, seq_of_bid: 6 }]);
    const newest = update(9, [{ kind: 'bid_retracted', lot_id: LOT, seq_of_bid: 8 }]);
    const other = update(9, [{ kind: 'bid_retracted', lot_id: LOT, seq_of_bid: 7 }]);
    expect([taken(), taken(older), taken(other)]).toEqual([null, null, null]);
    expect(taken(newest)?.amount_minor).toBe(120_00);
    expect(taken(newest, update(10, [bidEvent(8, 130_00)]))?.amount_minor).toBe(120_00);
    expect(taken(newest, update(10, [bidEvent(7, 130_00)]))).toBeNull();
    expect(takenBack(undefined, 7)).toBeNull();
  });

  it('forgets the bids of a lot that is offered again', () => {
    const bid = update(6, [bidEvent(7, 100_00)], { lots: [led(7, 100_00)] });
    const again = [{ kind: 'lot_reoffered', lot_id: LOT } as const];
    const pending = lotView({ state: 'pending', reoffers: 1 });
    const state = after(snapshot(5), bid, update(7, again, { lots: [pending] }));
    expect(after(snapshot(5), bid).history[LOT]?.bids).toHaveLength(1);
    expect(state.history[LOT]).toBeUndefined();
  });

  it('is read again when sealed bids may be read', () => {
    const closed = (format: 'vickrey' | 'english') => {
      const open = after(snapshot(5, { lots: [lotView({ format })] }));
      const read = fetched(open, []);
      const lots = [lotView({ format, state: 'closed' })];
      const message = update(6, [{ kind: 'lot_unsold', lot_id: LOT }], { lots });
      return reduce(read, { type: 'message', message }).history[LOT]?.complete;
    };
    expect([closed('vickrey'), closed('english')]).toEqual([false, true]);
  });

  it('does not count a bid twice that a page over REST had already', () => {
    const page: BidView[] = [
      {
        seq: 6,
        at_ms: 1,
        paddle: 7,
        channel: 'online',
        amount_minor: 100_00,
        kind: 'bid',
        retracted: false,
        mine: false,
      },
    ];
    const ahead = fetched(after(snapshot(5)), page);
    const state = reduce(ahead, { type: 'message', message: update(6, [bidEvent(7, 100_00)]) });
    expect(state.history[LOT]?.bids).toHaveLength(1);
  });

  it('is read again when something was missed while the page was under way', () => {
    const asked = after(snapshot(5));
    const missed = reduce(asked, { type: 'message', message: snapshot(9) });
    const { historyVersion: asOf } = asked;
    const late = reduce(missed, { type: 'history_fetched', lotId: LOT, bids: [], asOf });
    expect(late.history[LOT]?.complete).toBe(false);
    expect(fetched(late, []).history[LOT]?.complete).toBe(true);
  });

  it('keeps bids that arrived while the page of the server was under way', () => {
    const state = after(
      snapshot(5),
      update(6, [bidEvent(7, 100_00)]),
      update(7, [bidEvent(8, 110_00)]),
    );
    const page = state.history[LOT]!.bids.filter((bid) => bid.seq === 6);
    const merged = fetched(state, page);
    expect(merged.history[LOT]?.bids.map((bid) => bid.seq)).toEqual([7, 6]);
    expect(merged.history[LOT]?.complete).toBe(true);
  });
});

describe('fair warning', () => {
  const warned = lotView({ fair_warning: true });
  const warning = { kind: 'fair_warning', lot_id: LOT } as const;

  it('has the number of what brought it, until it is taken back', () => {
    const state = after(snapshot(5), update(6, [warning], { lots: [warned] }));
    expect(state.warnings).toEqual({ [LOT]: 6 });
    const message = update(7, [{ kind: 'ask_set', lot_id: LOT, ask_minor: 9 }], { lots: [warned] });
    const later = reduce(state, { type: 'message', message });
    expect(later.warnings).toEqual({ [LOT]: 6 });
    const bid = update(8, [bidEvent(7, 100_00)], { lots: [led(7, 100_00)] });
    expect(reduce(later, { type: 'message', message: bid }).warnings).toEqual({});
  });

  it('comes with a snapshot too, and again when it is given again', () => {
    const state = after(snapshot(5, { lots: [warned] }));
    expect(state.warnings).toEqual({ [LOT]: 5 });
    const again = update(6, [warning], { lots: [warned] });
    expect(reduce(state, { type: 'message', message: again }).warnings).toEqual({ [LOT]: 6 });
    const missed = snapshot(9, { lots: [warned] });
    expect(reduce(state, { type: 'message', message: missed }).warnings).toEqual({ [LOT]: 9 });
  });
});

describe('the hammer', () => {
  it('is known to have been lifted until the next thing happens to the lot', () => {
    const lifted = { kind: 'hammer_lifted', lot_id: LOT, by_bid: true } as const;
    const late = update(6, [bidEvent(8, 110_00), lifted], { lots: [led(8, 110_00)] });
    const state = after(snapshot(5), late);
    expect(state.lifted).toEqual({ [LOT]: { byBid: true } });
    const bid = update(7, [bidEvent(7, 120_00)], { lots: [led(7, 120_00)] });
    expect(reduce(state, { type: 'message', message: bid }).lifted).toEqual({});
  });
});

describe('sealed bids', () => {
  const sealed = lotView({ format: 'vickrey', bid_count: null });
  const read = fetched(after(snapshot(5, { lots: [sealed], you: you() })), []);

  it('are read again when an own one was accepted: no update tells of it', () => {
    const answer: ServerMessage = {
      type: 'bid_accepted',
      bid_id: 'b1',
      sale_id: SALE,
      lot_id: LOT,
      seq: 6,
      at_ms: 6_000,
      leading: false,
      price_minor: null,
      minimum_minor: null,
      max_minor: 90_00,
      repeated: false,
    };
    const state = reduce(read, { type: 'message', message: answer });
    expect(state.history[LOT]?.complete).toBe(false);
    expect(state.you?.lots[0]).toMatchObject({ max_minor: 90_00, absentee_minor: null });
    expect(standing(state.lots[LOT], state.you)).toBe('sealed');
  });

  it('are read again when something of them was undone', () => {
    const message: ServerMessage = {
      type: 'notice',
      sale_id: SALE,
      seq: 6,
      lot_id: LOT,
      notice: 'bid_retracted',
      price_minor: null,
      leading: false,
    };
    expect(reduce(read, { type: 'message', message }).history[LOT]?.complete).toBe(false);
  });
});
