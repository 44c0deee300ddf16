/** A timed sale: the clock is the server's, late bids move the close, lots close by themselves. */
import { expect, test, type People } from './support/test';
import { BidderView } from './support/bidder';
import type { Bidder, OpenSale } from './support/house';

const WRONG_BY_MS = 5 * 60_000;

/** A bidder whose machine's clock is five minutes ahead. */
async function withAWrongClock(people: People, who: Bidder, path: string): Promise<BidderView> {
  const page = await people.page(who);
  await page.addInitScript((wrongByMs) => {
    const origin = performance.timeOrigin + wrongByMs;
    Object.defineProperty(Performance.prototype, 'timeOrigin', { get: () => origin });
    const now = Date.now;
    Date.now = () => now() + wrongByMs;
  }, WRONG_BY_MS);
  await page.goto(path);
  return new BidderView(page);
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
  const closesAtMs = Date.now() + 14_000;
  const soft_close = { window_ms: 60_000, extend_ms: 14_000, max_extensions: 1 };
  const sale = await house.sale({
    kind: 'timed',
    starts_in_ms: 1_000,
    lots: [{ closes_at_ms: closesAtMs, soft_close }, { closes_at_ms: closesAtMs + 3_600_000 }],
  });
  const desk = await people.console(sale);
  const [ada, bo] = [await house.bidder('Ada Lund', sale), await house.bidder('Bo Reyes', sale)];
  const wrong = await withAWrongClock(people, ada, lotPath(sale, 0));
  const right = new BidderView(await people.page(bo));
  await right.page.goto(lotPath(sale, 0));
  await desk.act('start', 'g');

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
    await expect.poll(() => secondsLeft(wrong), { timeout: 15_000 }).toBeLessThan(8);
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

  await test.step('the other lot is still open', async () => {
    await wrong.page.goto(lotPath(sale, 1));
    await wrong.expectLot('2', 'open');
    await expect(wrong.stage.getByTestId('countdown')).toHaveText(/^(59|1:00):/);
  });
});
