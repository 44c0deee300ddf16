/** Takes the pictures in docs/images from a demonstration. */
import { join, resolve } from 'node:path';
import {
  expect,
  test,
  type Browser,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';
import { BidderView } from './support/bidder';
import { ConsoleDesk } from './support/console';
import { Gavel } from './support/gavel';

const IMAGES = resolve(import.meta.dirname, '../../../docs/images');
const SLOWLY = 1.5;

async function enter(browser: Browser, who: string, options: BrowserContextOptions) {
  const context = await browser.newContext({
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  await expect
    .poll(async () => (await (await page.request.get('/api/v1/about')).json()).demo.sale_id)
    .not.toBeNull();
  await page.goto('/sign-in');
  await page.getByTestId(`demo-${who}`).click();
  return page;
}

async function save(page: Page, name: string) {
  // A click may have scrolled.
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(IMAGES, `${name}.jpg`), type: 'jpeg', quality: 82 });
}

test('pictures', async ({ browser }) => {
  const gavel = await Gavel.demo(SLOWLY);
  try {
    const baseURL = gavel.url;
    const wide = { baseURL, viewport: { width: 1440, height: 900 } };
    const bidder = new BidderView(
      await enter(browser, 'bidder', { ...wide, colorScheme: 'light' }),
    );
    const console = await enter(browser, 'auctioneer', { ...wide, colorScheme: 'dark' });
    const phone = await enter(browser, 'bidder2', {
      baseURL,
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      colorScheme: 'light',
    });
    const other = new BidderView(phone);
    for (const view of [bidder, other]) {
      await view.by('register').click({ timeout: 60_000 });
      await expect(view.button).toBeVisible({ timeout: 60_000 });
    }
    // A lot in full swing: a good many bids, one of them the visitor's own.
    await expect.poll(() => bidder.rows.count(), { timeout: 90_000 }).toBeGreaterThanOrEqual(7);
    await expect(async () => {
      await bidder.button.click({ timeout: 1_000 });
      await expect(bidder.standing).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 60_000 });
    // Outbid, with all that can be done about it.
    await expect(async () => {
      await expect(bidder.standing).toHaveAttribute('data-standing', 'outbid', { timeout: 500 });
      await expect(bidder.button).toBeEnabled({ timeout: 500 });
      await save(bidder.page, 'bidder');
    }).toPass({ timeout: 60_000 });
    const desk = new ConsoleDesk(console);
    await expect.poll(() => desk.bids.count(), { timeout: 60_000 }).toBeGreaterThanOrEqual(6);
    await save(console, 'console');
    await expect(async () => {
      await other.button.click({ timeout: 1_000 });
      await expect(other.standing).toBeVisible({ timeout: 500 });
      await save(phone, 'phone');
    }).toPass({ timeout: 60_000 });
  } finally {
    await gavel.dispose();
  }
});
