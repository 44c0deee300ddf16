/** A timed sale: the clock is the server's, late bids move the close, lots close by themselves. */
import type { Page } from '@playwright/test';
import { BidderView } from './support/bidder';
import { ConsoleDesk } from './support/console';
import { STAFF, type OpenSale } from './support/house';
import { expect, test } from './support/test';

const WRONG_BY_MS = 5 * 60_000;
const OPEN_FOR_MS = 16_000;

/** From now on the machine's clock is five minutes ahead on this page. */
async function withAWrongClock(page: Page): Promise<void> {
  await page.addInitScript((wrongByMs) => {
    const origin = performance.timeOrigin + wrongByMs;
    Object.defineProperty(Performance.prototype, 'timeOrigin', { get: () => origin });
    const now = Date.now;
    Date.now = () => now() + wrongByMs;
  }, WRONG_BY_MS);
  await page.goto('/');
  const clock = await page.evaluate(() => performance.timeOrigin + performance.now());
  expect(clock - Date.now()).toBeGreaterThan(WRONG_BY_MS - 10_000);
}

/** Seconds on the countdown. */
async function secondsLeft(view: BidderView): Promise<number> {
  const text = (await view.stage.getByTestId('countdown').textContent()) ?? '';
  const [minutes, seconds] = text.trim().split(':').map(Number);
  return (minutes ?? NaN) * 60 + (seconds ?? NaN);
}

const lotPath = (sale: OpenSale, index: number) => `${sale.path}/lots/${sale.lots[index]?.id}`;

test('a countdown by the server’s clock, extended by a late bid, to the close', async ({
  house,
  people,
}) => {
  // Everybody is there before the lot's time begins to run.
  const [ada, bo] = [await house.account('Ada Lund'), await house.account('Bo Reyes')];
  const wrong = new BidderView(await people.page(ada));
  const right = new BidderView(await people.page(bo));
  const desk = new ConsoleDesk(await people.page(STAFF));
  await withAWrongClock(wrong.page);
  await right.page.goto('/');
  await desk.page.goto('/');

  const closesAtMs = Date.now() + OPEN_FOR_MS;
  const soft_close = { window_ms: 60_000, extend_ms: OPEN_FOR_MS, max_extensions: 1 };
  const sale = await house.sale({
    kind: 'timed',
    starts_in_ms: 1_000,
    lots: [{ closes_at_ms: closesAtMs, soft_close }, { closes_at_ms: closesAtMs + 3_600_000 }],
  });
  for (const bidder of [ada, bo]) await house.register(bidder, sale);
  await desk.page.goto(sale.console);
  await desk.ready();
  await desk.act('start', 'g');
  for (const view of [wrong, right]) await view.page.goto(lotPath(sale, 0));

  await test.step('both clocks count down to the same moment', async () => {
    await wrong.expectLot('1', 'open');
    await right.expectLot('1', 'open');
    for (const view of [wrong, right]) {
      await expect
        .poll(async () => Math.abs((await secondsLeft(view)) - (closesAtMs - Date.now()) / 1000))
        .toBeLessThan(2);
    }
  });

  let extendedToMs = 0;
  await test.step('a bid in the last minutes moves the close', async () => {
    // Late enough for the move to be more than a second's rounding.
    await expect.poll(() => secondsLeft(wrong)).toBeLessThan(OPEN_FOR_MS / 1000 - 4);
    await wrong.tap('£500');
    extendedToMs = Date.now() + soft_close.extend_ms;
    await wrong.expectStanding('leading');
    for (const view of [wrong, right]) {
      await expect(view.stage).toContainText('Extended once');
      await expect
        .poll(async () => Math.abs((await secondsLeft(view)) - (extendedToMs - Date.now()) / 1000))
        .toBeLessThan(2);
    }
  });

  await test.step('nobody has to close it', async () => {
    await wrong.expectLot('1', 'open');
    await expect(wrong.stage).toHaveAttribute('data-state', 'closed', { timeout: 20_000 });
    expect(Date.now()).toBeGreaterThanOrEqual(extendedToMs - 1_000);
    await wrong.expectStanding('won', 'You won this lot', '£500');
    await right.expectPrice('£500');
    await expect(right.by('winner')).toContainText('to paddle 1001');
    await expect(right.button).toHaveCount(0);
  });

  await test.step('reopened, it closes by itself again', async () => {
    await desk.by('running-order-lot').first().click();
    await desk.expectLot('1', 'closed');
    await desk.act('reopen', 'r');
    await expect(desk.by('dialog-minutes')).toHaveValue('2');
    await desk.page.keyboard.type('x');
    await desk.press('Enter');
    await expect(desk.page.getByRole('alert')).toContainText('whole minutes');
    await desk.by('dialog-minutes').fill('5');
    await desk.confirm();
    const closesAtMs = Date.now() + 5 * 60_000;
    await desk.expectLot('1', 'open');
    await right.expectLot('1', 'open');
    await expect
      .poll(async () => Math.abs((await secondsLeft(right)) - (closesAtMs - Date.now()) / 1000))
      .toBeLessThan(4);
  });

  await test.step('the other lot is still open', async () => {
    await wrong.page.goto(lotPath(sale, 1));
    await wrong.expectLot('2', 'open');
    await expect(wrong.stage.getByTestId('countdown')).toHaveText(/^(59|1:00):/);
  });
});

test('no clock runs while a lot is paused', async ({ house, people }) => {
  const account = await house.account('Eda Noll');
  const view = new BidderView(await people.page(account));
  const desk = new ConsoleDesk(await people.page(STAFF));
  const closes_at_ms = Date.now() + 600_000;
  const sale = await house.sale({ kind: 'timed', starts_in_ms: 1_000, lots: [{ closes_at_ms }] });
  await house.register(account, sale);
  await desk.page.goto(sale.console);
  await desk.ready();
  await desk.act('start', 'g');
  await view.page.goto(lotPath(sale, 0));
  await view.expectLot('1', 'open');
  const clock = view.stage.getByTestId('countdown');
  await expect(clock).toBeVisible();
  await desk.act('pause', 'k');
  await view.expectLot('1', 'paused');
  await expect(view.by('paused')).toBeVisible();
  await expect(clock).toHaveCount(0);
  await desk.act('pause', 'k');
  await view.expectLot('1', 'open');
  await expect(clock).toBeVisible();
});
