import { expect, it } from 'vitest';
import { FakeTime } from '../testing/fakes';
import { LOT, SALE } from '../testing/messages';
import { COMMAND_ANSWER_WITHIN_MS, CommandDesk, type CommandEntry } from './commands';

function make(connected = true) {
  const time = new FakeTime();
  const sent: unknown[] = [];
  let entries: readonly CommandEntry[] = [];
  let id = 0;
  const desk = new CommandDesk({
    saleId: SALE,
    send: (message) => (connected && sent.push(message), connected),
    timers: time,
    newId: () => `c${++id}`,
    onChange: (changed) => (entries = changed),
  });
  return { desk, time, sent, phases: () => entries.map(({ phase, code }) => [phase, code]) };
}
const warn = { kind: 'fair_warning', lot_id: LOT } as const;

it('shows every command with its answer', () => {
  const { desk, sent, phases, time } = make();
  desk.issue(warn);
  desk.issue({ kind: 'next_lot' });
  expect(sent[0]).toEqual({ type: 'command', command_id: 'c1', sale_id: SALE, command: warn });
  expect(desk.waiting((command) => command.kind === 'fair_warning')).toBe(true);
  desk.onMessage({ type: 'command_done', command_id: 'c1', sale_id: SALE, seq: 3 });
  desk.onMessage({
    type: 'command_refused',
    command_id: 'c2',
    sale_id: SALE,
    code: 'another_lot_open',
    message: '',
    minimum_minor: null,
    maximum_minor: null,
  });
  expect(phases()).toEqual([
    ['done', null],
    ['refused', 'another_lot_open'],
  ]);
  expect(desk.waiting(() => true)).toBe(false);
  expect(time.pending).toBe(0);
});

it('says so when no answer comes, in time or because the line broke', async () => {
  const { desk, time, phases } = make();
  desk.issue(warn);
  await time.advance(COMMAND_ANSWER_WITHIN_MS);
  desk.issue(warn);
  desk.onOffline();
  expect(phases()).toEqual([
    ['unknown', null],
    ['unknown', null],
  ]);
});

it('refuses at once without a connection', () => {
  const { desk, phases } = make(false);
  desk.issue(warn);
  expect(phases()).toEqual([['refused', 'not_connected']]);
});
