/** The demonstration is alive within seconds. */
import { expect, test } from '@playwright/test';
import { BidderView } from './support/bidder';
import { ConsoleDesk } from './support/console';
import { Gavel } from './support/gavel';

let gavel: Gavel;
test.beforeAll(async () => {
  gavel = await Gavel.demo(10);
});
test.afterAll(async () => {
  await gavel.dispose();
});

test('a live lot whose price moves, for visitor, bidder and auctioneer', async ({
  browser,
}, testInfo) => {
  const options = { baseURL: gavel.url, locale: 'en-GB', viewport: { width: 1440, height: 900 } };
  const page = await (await browser.newContext({ ...options, colorScheme: 'light' })).newPage();
  const bidder = new BidderView(page);
  const screenshot = (name: string) => testInfo.outputPath(`${name}.png`);

  await test.step('from the list to the lot', async () => {
    await page.goto('/');
    await expect(async () => {
      if ((await page.locator('[data-testid=sale-status][data-status=live]').count()) === 0) {
        await page.reload();
      }
      await expect(page.locator('[data-testid=sale-status][data-status=live]').first()).toBeVisible(
        { timeout: 1_000 },
      );
    }).toPass({ timeout: 15_000 });
    await page.goto('/sign-in');
    await page.getByTestId('demo-bidder').click();
    await expect(bidder.stage).toBeVisible();
  });

  await test.step('the price moves by itself', async () => {
    const seen = new Set<string>();
    await expect
      .poll(async () => seen.add((await bidder.price.textContent()) ?? '').size, {
        timeout: 20_000,
        intervals: [100],
      })
      .toBeGreaterThanOrEqual(3);
    await expect(bidder.stage.getByRole('img').first()).toBeVisible();
    await expect(bidder.rows.first()).toBeVisible();
    await page.screenshot({ path: screenshot('bidder') });
  });

  await test.step('the console and the phone', async () => {
    const desk = await (await browser.newContext({ ...options, colorScheme: 'dark' })).newPage();
    await desk.goto('/sign-in');
    await desk.getByTestId('demo-auctioneer').click();
    const console = new ConsoleDesk(desk);
    await console.ready();
    await expect(console.lot).toHaveAttribute('data-state', 'open', { timeout: 15_000 });
    await expect(console.bids.first()).toBeVisible();
    await desk.screenshot({ path: screenshot('console') });

    const viewport = { width: 390, height: 844 };
    const phone = await (await browser.newContext({ ...options, viewport })).newPage();
    await phone.goto(page.url());
    await expect(new BidderView(phone).price).toBeVisible();
    await phone.screenshot({ path: screenshot('phone') });
  });
});
