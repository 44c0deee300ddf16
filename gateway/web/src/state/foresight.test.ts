import { beforeEach, expect, it } from 'vitest';
import { FakeTime } from '../testing/fakes';
import { LOT, lotView, SALE } from '../testing/messages';
import type { Question, ServerMessage } from '../wire/messages';
import { COMMAND_ANSWER_WITHIN_MS } from './commands';
import { ASK_AGAIN_AFTER_MS, ForesightDesk, type Foresight } from './foresight';

const question: Question = { kind: 'foresee_retract', lot_id: LOT, bid_id: 'b1' };
let time: FakeTime;
let sent: { command_id: string; command: Question }[];
let online: boolean;
let shown: Foresight | null;
let desk: ForesightDesk;

beforeEach(() => {
  time = new FakeTime();
  sent = [];
  online = true;
  shown = null;
  desk = new ForesightDesk({
    saleId: SALE,
    send: (message) => (online && sent.push(message), online),
    timers: time,
    newId: () => `f${sent.length + 1}`,
    onChange: (foresight) => (shown = foresight),
  });
});

const answer = (command_id: string, price_minor: number): ServerMessage => ({
  type: 'foresight',
  command_id,
  sale_id: SALE,
  seq: 5,
  before: lotView({ price_minor: 1 }),
  after: lotView({ price_minor }),
});
const price = () => (shown?.phase === 'known' ? shown.after.price_minor : shown?.phase);

it('asks once, and shows the answer to its own question only', () => {
  desk.ask(question);
  expect(sent).toMatchObject([{ command_id: 'f1', sale_id: SALE, command: question }]);
  desk.onMessage(answer('another', 7));
  expect(price()).toBe('asking');
  desk.onMessage(answer('f1', 8));
  expect(price()).toBe(8);
  expect(time.pending).toBe(0);
});

it('asks again when the sale has moved, at most every so often, and keeps what it knew', async () => {
  desk.ask(question);
  desk.onMessage(answer('f1', 8));
  desk.onMoved();
  desk.onMoved();
  expect(sent).toHaveLength(1);
  expect(price()).toBe(8);
  await time.advance(ASK_AGAIN_AFTER_MS);
  expect(sent).toHaveLength(2);
  // Moves under the question: the answer may or may not know of it.
  desk.onMoved();
  desk.onMessage(answer('f2', 9));
  expect(price()).toBe(9);
  await time.advance(ASK_AGAIN_AFTER_MS);
  expect(sent).toHaveLength(3);
  desk.onMessage(answer('f3', 10));
  await time.advance(60_000);
  expect(sent).toHaveLength(3);
});

it('shows a refusal, and asks again after it too', async () => {
  desk.ask(question);
  const bounds = { minimum_minor: null, maximum_minor: 3 };
  const refused = { type: 'command_refused', sale_id: SALE, message: '', ...bounds } as const;
  desk.onMessage({ ...refused, command_id: 'f1', code: 'hammer_falling' });
  expect(shown).toEqual({
    phase: 'refused',
    code: 'hammer_falling',
    minimumMinor: null,
    maximumMinor: 3,
  });
  desk.onMoved();
  await time.advance(ASK_AGAIN_AFTER_MS);
  expect(sent).toHaveLength(2);
});

it('asks again when no answer comes, and when the line is back', async () => {
  desk.ask(question);
  await time.advance(COMMAND_ANSWER_WITHIN_MS);
  expect(sent).toHaveLength(2);
  online = false;
  await time.advance(COMMAND_ANSWER_WITHIN_MS);
  expect(sent).toHaveLength(2);
  expect(time.pending).toBe(0);
  online = true;
  desk.onOnline();
  expect(sent).toHaveLength(3);
});

it('asks nothing once nobody looks', async () => {
  desk.onMoved();
  desk.onOnline();
  desk.ask(question);
  desk.ask(null);
  expect(shown).toBeNull();
  desk.onMessage(answer('f1', 8));
  expect(shown).toBeNull();
  desk.onMoved();
  await time.advance(60_000);
  expect(sent).toHaveLength(1);
});
