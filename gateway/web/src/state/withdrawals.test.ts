import { beforeEach, expect, it } from 'vitest';
import { FakeTime } from '../testing/fakes';
import { LOT, SALE } from '../testing/messages';
import type { ClientMessage, ServerMessage, Uuid } from '../wire/messages';
import { WITHDRAWN_WITHIN_MS, Withdrawals, type Withdrawal } from './withdrawals';

let time: FakeTime;
let online: boolean;
let sent: ClientMessage[];
let byLot: Readonly<Record<Uuid, Withdrawal>>;
let withdrawals: Withdrawals;

beforeEach(() => {
  time = new FakeTime();
  [online, sent, byLot] = [true, [], {}];
  withdrawals = new Withdrawals({
    saleId: SALE,
    send: (message) => (online && sent.push(message), online),
    timers: time,
    newId: () => `c${sent.length}`,
    onChange: (now) => (byLot = now),
  });
});

const done: ServerMessage = { type: 'command_done', command_id: 'c0', sale_id: SALE, seq: 4 };

it('asks once and learns that it is done', () => {
  withdrawals.ask(LOT);
  expect(sent).toEqual([{ type: 'leave_book', command_id: 'c0', sale_id: SALE, lot_id: LOT }]);
  expect(byLot[LOT]).toEqual({ phase: 'sent' });
  withdrawals.onMessage(done);
  expect(byLot[LOT]).toEqual({ phase: 'done' });
  expect(time.pending).toBe(0);
  withdrawals.forget(LOT);
  expect(byLot).toEqual({});
});

it('says why not', () => {
  withdrawals.ask(LOT);
  withdrawals.onMessage({
    ...done,
    type: 'command_refused',
    code: 'unknown_bid',
    message: '',
    minimum_minor: null,
    maximum_minor: null,
  } as ServerMessage);
  expect(byLot[LOT]).toEqual({ phase: 'refused', code: 'unknown_bid' });
  online = false;
  withdrawals.ask(LOT);
  expect(byLot[LOT]).toEqual({ phase: 'refused', code: 'not_connected' });
});

it('never hangs: without an answer, or with the line, it is unknown', async () => {
  withdrawals.ask(LOT);
  await time.advance(WITHDRAWN_WITHIN_MS);
  expect(byLot[LOT]).toEqual({ phase: 'unknown' });
  withdrawals.ask('lot-2');
  withdrawals.onOffline();
  expect(byLot['lot-2']).toEqual({ phase: 'unknown' });
  withdrawals.onMessage(done);
  expect(byLot[LOT]).toEqual({ phase: 'unknown' });
});
