/** On a phone: the bid within the thumb's reach, nothing that scrolls sideways. */
import type { BrowserContextOptions, Locator, Page } from '@playwright/test';
import { expect, test } from './support/test';
import { BidderView } from './support/bidder';
import { STAFF } from './support/house';

const VIEWPORT = { width: 390, height: 844 };
const PHONE: BrowserContextOptions = { viewport: VIEWPORT, isMobile: true, hasTouch: true };
const TOUCH_TARGET = 44;

async function expectNoSidewaysScroll(page: Page) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, `${page.url()} is wider than the phone`).toBeLessThanOrEqual(VIEWPORT.width);
}

test('one tap bids, without scrolling, and says what came of it', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{ picture: true }, {}] });
  const bidder = await people.bidder(await house.bidder('Pia Strand', sale), sale, PHONE);
  const desk = await people.console(sale);
  await desk.begin();
  await expect(bidder.button).toHaveText('Bid £500');

  const box = await bidder.button.boundingBox();
  if (!box) throw new Error('the button is not drawn');
  expect(box.y + box.height).toBeLessThanOrEqual(VIEWPORT.height);
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(VIEWPORT.width);
  expect(box.height).toBeGreaterThanOrEqual(TOUCH_TARGET);
  expect(await bidder.page.evaluate(() => scrollY)).toBe(0);

  await bidder.button.tap();
  await bidder.expectStanding('leading');
  await desk.floor('£550');
  await bidder.expectStanding('outbid', 'You have been outbid', 'Bid £600');
  await expectNoSidewaysScroll(bidder.page);

  await test.step('other amounts are one tap away', async () => {
    await expect(bidder.by('own-amount')).toBeHidden();
    await bidder.by('bid-more').tap();
    await expect(bidder.by('own-amount')).toBeInViewport();
    await expectNoSidewaysScroll(bidder.page);
    await bidder.enter('own-amount', '800');
    await bidder.expectStanding('leading');
    await expect(bidder.by('own-amount')).toBeHidden();
  });

  await test.step('the button stays where it is when the price moves', async () => {
    await desk.floor('£850');
    await expect(bidder.button).toHaveText('Bid £900');
    const before = await bidder.button.boundingBox();
    await desk.floor('£900');
    await desk.press('f');
    await expect(bidder.by('fair-warning')).toBeVisible();
    await expect(bidder.button).toHaveText('Bid £950');
    expect(await bidder.button.boundingBox()).toEqual(before);
  });
});

/** A real finger: pointer events as a touch screen makes them, held as long as the test wants. */
async function finger(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  const touch = (
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    points: { x: number; y: number }[],
  ) => devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points });
  return {
    async down(on: Locator) {
      const box = await on.boundingBox();
      if (!box) throw new Error('there is nothing under the finger');
      await touch('touchStart', [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }]);
    },
    up: () => touch('touchEnd', []),
  };
}

/** Amounts of the bids that the page sends. */
function bidsOf(page: Page): number[] {
  const amounts: number[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const message = JSON.parse(String(payload)) as { type: string; amount_minor?: number };
      if (message.type === 'bid') amounts.push(message.amount_minor ?? NaN);
    }),
  );
  return amounts;
}

test('what was under the finger is bid, not what is there when it lifts', async ({
  house,
  people,
}) => {
  const sale = await house.sale();
  const page = await people.page(await house.bidder('Tove Lind', sale), PHONE);
  const sent = bidsOf(page);
  await page.goto(sale.path);
  const bidder = new BidderView(page);
  const desk = await people.console(sale);
  await desk.begin();
  await expect(bidder.button).toHaveText('Bid £500');
  await expect(bidder.button).not.toHaveAttribute('aria-disabled', 'true');
  const touch = await finger(page);

  await touch.down(bidder.button);
  await desk.floor('£500');
  await expect(bidder.button).toHaveText('Bid £550');
  await touch.up();
  await expect(bidder.fate).toContainText('Your bid of £500 does not count');
  expect(sent).toEqual([500_00]);

  await test.step('also among the higher bids, which move up with the price', async () => {
    await bidder.by('bid-more').tap();
    const higher = bidder.by('quick-bid').first();
    await expect(higher).toHaveText('£600');
    await expect(higher).not.toHaveAttribute('aria-disabled', 'true');
    await touch.down(higher);
    await desk.floor('£550');
    await expect(higher).toHaveText('£650');
    await touch.up();
    await bidder.expectPrice('£600', 'you');
    expect(sent).toEqual([500_00, 600_00]);
  });
});

test('no page scrolls sideways', async ({ house, people }) => {
  const title = 'Allegory of the Four Quarters of the World, with Donors and a Dedication';
  const sale = await house.sale({ lots: [{ picture: true, title }, {}] });
  const sara = await house.bidder('Maximiliane Featherstonehaugh-Cholmondeley', sale);
  const desk = await people.console(sale, PHONE);
  await desk.begin();
  await desk.floor('£500');
  await desk.press('m');
  await desk.page.keyboard.type('The lot is sold with its frame, which is of the period.');
  await desk.press('Enter');
  await expectNoSidewaysScroll(desk.page);
  for (const action of ['floor', 'sold', 'warn']) {
    await expect(desk.by(`console-${action}`)).toBeInViewport({ ratio: 1 });
  }

  const view = await people.bidder(sara, sale, PHONE);
  const { page } = view;
  const lots = sale.lots.map((lot) => `${sale.path}/lots/${lot.id}`);
  for (const language of ['en', 'ru']) {
    await page.getByTestId(`language-${language}`).click();
    for (const path of ['/', sale.path, ...lots, '/my', '/no-such-page']) {
      await page.goto(path);
      await expect(page.getByRole('heading').first()).toBeVisible();
      await expect(page.getByText(/^(Loading…|Загрузка…)$/)).toHaveCount(0);
      await expectNoSidewaysScroll(page);
    }
  }
  const guest = new BidderView(await people.page(null, PHONE));
  for (const path of ['/sign-in', '/sign-up', sale.path]) {
    await guest.page.goto(path);
    await expect(guest.page.getByRole('heading').first()).toBeAttached();
    await expectNoSidewaysScroll(guest.page);
  }
});

test('the console can be run by thumb', async ({ house, people }) => {
  const sale = await house.sale();
  const page = await people.page(STAFF, PHONE);
  await page.goto(sale.console);
  const tap = async (command: string) => {
    const button = page.getByTestId(`console-${command}`);
    await expect(button).toBeEnabled();
    await button.tap();
  };
  for (const command of ['start', 'next', 'floor']) await tap(command);
  await expect(page.getByTestId('console-price')).toHaveText('£500');
  await tap('floor');
  await expect(page.getByTestId('console-price')).toHaveText('£550');
  const before = await page.getByTestId('console-undo').boundingBox();
  await tap('warn');
  await expect(page.getByTestId('console-fair-warning')).toBeVisible();
  expect(await page.getByTestId('console-undo').boundingBox()).toEqual(before);
  await page.getByTestId('console-sold').tap();
  await page.getByTestId('sold-paddle').fill('12');
  await page.getByTestId('sold-confirm').tap();
  await expect(page.getByTestId('console-leader')).toHaveText('to paddle 12');
});
