/** Lots that are not sold by open ascending bids: a falling clock, and bids under seal. */
import type { BrowserContextOptions, Page } from '@playwright/test';
import { expectAccessible } from './support/accessible';
import type { BidderView } from './support/bidder';
import type { LotSpec, OpenSale } from './support/house';
import { expect, test } from './support/test';

const lotPath = (sale: OpenSale, lot: number) => `${sale.path}/lots/${sale.lots[lot - 1]?.id}`;

/** From £1,000 down to £200, by £100. */
const clock = (every_ms: number): LotSpec => ({
  rules: {
    format: 'dutch',
    dutch: {
      start_minor: 1_000_00,
      step_minor: 100_00,
      every_ms,
      floor_minor: 200_00,
    },
  },
});
/** Open for so long from when it comes up. */
const sealed = (format: 'sealed_first_price' | 'vickrey', duration_ms: number): LotSpec => ({
  rules: { format, revisions: true, runs: { from: 'opening', duration_ms } },
});
const AN_HOUR_MS = 3_600_000;

/** What the page shows, in minor units: "£1,000" → 100000. */
async function pounds(view: BidderView): Promise<number> {
  return Number((await view.price.innerText()).replace(/[^0-9]/g, '')) * 100;
}

/** Whether a page, or anything that it was sent, knows of these figures. */
async function mentions(page: Page, figures: string): Promise<boolean> {
  return (await page.locator('body').innerText()).includes(figures);
}

test('the price falls by the server’s time', async ({ house, people }) => {
  const EVERY_MS = 1_500;
  const sale = await house.sale({ lots: [clock(EVERY_MS), {}] });
  const rostrum = await people.rostrum(sale);
  const bidder = await people.bidder(await house.bidder('Ivo Lange', sale), sale);
  const other = await people.bidder(null, sale, { reducedMotion: 'reduce' });
  await bidder.page.goto(lotPath(sale, 1));
  await expect(bidder.by('lot-format')).toHaveText('Dutch auction');
  await bidder.expectPrice('£1,000');
  await expect(bidder.by('bid-panel')).toContainText('Falls by £100 every 1.5s');
  await expect(bidder.by('absentee-amount')).toHaveCount(0);

  await rostrum.do('next_lot');
  const openedMs = Date.now();
  await bidder.expectLot('1', 'open');
  const seen: number[] = [];
  await expect(async () => {
    const price = await pounds(bidder);
    if (seen.at(-1) !== price) seen.push(price);
    expect(seen.length).toBeGreaterThanOrEqual(4);
  }).toPass({ intervals: [100], timeout: 15_000 });
  const steps = seen.slice(1).map((price, index) => (seen[index] ?? 0) - price);
  expect(steps.every((step) => step > 0 && step % 100_00 === 0)).toBe(true);

  await test.step('everybody sees the same price, and the clock says when it falls', async () => {
    // Read together, and again when a fall came between.
    await expect(async () => {
      const [mine, theirs] = await Promise.all([pounds(bidder), pounds(other)]);
      expect(mine).toBe(theirs);
      const falls = Math.floor((Date.now() - openedMs) / EVERY_MS);
      const expected = Math.max(200_00, 1_000_00 - falls * 100_00);
      expect(Math.abs(mine - expected)).toBeLessThanOrEqual(200_00);
    }).toPass({ timeout: 5_000 });
    await expect(bidder.by('dutch-next')).toHaveText(/^\d\.\ds$/);
  });

  await test.step('at the floor it ends without a buyer', async () => {
    await expect(bidder.stage).toHaveAttribute('data-state', 'closed', { timeout: 20_000 });
    await expect(bidder.stage).toContainText('Passed');
    await expect(bidder.button).toHaveCount(0);
  });
});

test('one tap stops the clock, at the price that was on the button at the press', async ({
  house,
  people,
}) => {
  const sale = await house.sale({ lots: [clock(3_000), {}] });
  const rostrum = await people.rostrum(sale);
  const ada = await people.bidder(await house.bidder('Ada Moor', sale), sale);
  const ben = await people.bidder(await house.bidder('Ben Ode', sale), sale);
  for (const { connection } of [ada, ben]) {
    await expect(connection).toHaveAttribute('data-phase', 'online');
  }
  await ada.page.evaluate(() =>
    addEventListener(
      'pointerdown',
      ({ target }) => (document.title = (target as HTMLElement).dataset['amount'] ?? ''),
      { capture: true },
    ),
  );
  await rostrum.do('next_lot');
  for (const view of [ada, ben]) await view.expectLot('1', 'open');
  await expect(ada.button).toHaveText(/^Stop the clock at £\d00$/);

  await ada.button.click();
  const shown = Number(await ada.page.title());
  await ada.expectStanding('won', 'You stopped the clock at');
  const [bid] = await house.bids(sale, rostrum.lotId(1), house.staffToken);
  expect(bid).toMatchObject({ paddle: 1001, max_minor: shown });
  // A fall on the way is the buyer's.
  const paid = bid?.amount_minor ?? 0;
  expect([shown, shown - 100_00]).toContain(paid);
  for (const view of [ada, ben]) {
    await view.expectLot('1', 'closed');
    await view.expectPrice(`£${paid / 100}`);
    await expect(view.button).toHaveCount(0);
  }
  await expect(ben.by('winner')).toContainText('to paddle 1001');
  await expect(ben.standing).toHaveCount(0);

  await test.step('and it is still told when the room has moved on', async () => {
    await rostrum.do('next_lot');
    await ada.expectLot('2', 'open');
    await expect(ada.by('sale-notice')).toContainText('You won this lot');
    await expect(ben.by('sale-notice')).toHaveCount(0);
  });
});

test('whoever comes too late to a clock is told so', async ({ house, people }) => {
  const sale = await house.sale({ lots: [clock(AN_HOUR_MS)] });
  const rostrum = await people.rostrum(sale);
  const fast = await people.bidder(await house.bidder('Cleo Fast', sale), sale);
  const slow = await people.bidder(await house.bidder('Dan Slow', sale), sale);
  await rostrum.do('next_lot');
  await expect(slow.button).toHaveText('Stop the clock at £1,000');
  // What the slow one is told of the sale is held up; what is sent gets through.
  await slow.page.evaluate(() => {
    const held = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data');
    Object.defineProperty(MessageEvent.prototype, 'data', {
      get(this: MessageEvent) {
        const data = held?.get?.call(this);
        return String(data).includes('"type":"update"') ? '{"type":"held"}' : data;
      },
    });
  });
  await fast.button.click();
  await fast.expectStanding('won');
  await slow.button.click();
  await expect(slow.fate).toHaveAttribute('data-code', 'closed');
  await expect(slow.fate).toContainText('Your bid of £1,000 does not count.');
});

test('a sealed bid is its bidder’s own until the close', async ({ house, people }) => {
  const sale = await house.sale({ lots: [sealed('sealed_first_price', AN_HOUR_MS), {}] });
  const rostrum = await people.rostrum(sale);
  const ada = await people.bidder(await house.bidder('Ada Seal', sale), sale);
  const ben = await people.bidder(await house.bidder('Ben Seal', sale), sale);
  const desk = await people.console(sale);
  await rostrum.do('next_lot');
  await ada.expectLot('1', 'open');
  await expect(ada.by('sealed')).toContainText('Nobody sees your bid before the close');
  await expect(ada.button).toHaveCount(0);
  await expect(ada.leader).toHaveCount(0);

  await test.step('below the opening price there is nothing to send', async () => {
    await ada.enter('sealed-amount', '499');
    await expect(ada.by('sealed-amount-note')).toContainText('£500 or more');
  });
  await test.step('it stands, says nothing of who leads, and can be replaced', async () => {
    await ada.enter('sealed-amount', '777');
    await ada.expectStanding('sealed', 'Your sealed bid is £777');
    await ada.enter('sealed-amount', '888');
    await ada.expectStanding('sealed', 'Your sealed bid is £888');
    await expect(ada.rows).toHaveCount(2);
    await expect(ada.rows.last()).toContainText('Replaced');
    await ben.enter('sealed-amount', '666');
    await ben.expectStanding('sealed', 'Your sealed bid is £666');
    for (const view of [ada, ben]) {
      await view.expectPrice('£500');
      await expect(view.stage).not.toContainText('outbid');
    }
  });
  await test.step('nobody else sees it', async () => {
    expect(await mentions(ben.page, '£888')).toBe(false);
    for (const amount of ['£888', '£777', '£666']) {
      expect(await mentions(desk.page, amount)).toBe(false);
    }
  });
});

test('the close of a sealed lot tells who won at which price, and no other bid', async ({
  house,
  people,
}) => {
  const kinds = ['vickrey', 'sealed_first_price'] as const;
  const sale = await house.sale({ lots: kinds.map((format) => sealed(format, 1_500)) });
  const rostrum = await people.rostrum(sale);
  const ada = await people.bidder(await house.bidder('Ada Vick', sale), sale);
  const ben = await people.bidder(await house.bidder('Ben Vick', sale), sale);
  await test.step('bids left before the opening, so that nobody has to hurry', async () => {
    for (const lot of [1, 2]) {
      for (const [view, amount] of [
        [ada, '900'],
        [ben, '700'],
      ] as const) {
        await view.page.goto(lotPath(sale, lot));
        await view.enter('sealed-amount', amount);
        await view.expectStanding('absentee', `Your sealed bid of £${amount} is in`);
      }
    }
  });
  await test.step('taken back and left again', async () => {
    await ben.by('leave-book').click();
    await expect(ben.by('leave-book-fate')).toContainText('Nothing is bid for you');
    await expect(ben.standing).toHaveCount(0);
    await ben.enter('sealed-amount', '710');
    await ben.expectStanding('absentee', 'Your sealed bid of £710 is in');
    await expect(ben.by('leave-book-fate')).toBeEmpty();
  });
  for (const view of [ada, ben]) await view.page.goto(sale.path);
  await test.step('second price', async () => {
    await rostrum.do('next_lot');
    await ada.expectLot('1', 'closed');
    await ada.expectStanding('won', 'You pay the second price: £700.');
    await ada.expectPrice('£700');
    await ben.expectStanding('lost', 'The price is £700.');
    await expect(ben.by('winner')).toContainText('to paddle 1001');
    expect(await mentions(ben.page, '£900')).toBe(false);
  });
  await test.step('first price', async () => {
    await rostrum.do('next_lot');
    await ada.expectLot('2', 'closed');
    await ada.expectStanding('won', 'Your sealed bid was the highest. You pay £900.');
    await ben.expectStanding('lost', 'The price is £900.');
    expect(await mentions(ada.page, '£710')).toBe(false);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`clocks, seals and questions are for everybody, ${colorScheme}`, async ({
    house,
    people,
  }) => {
    const bought: LotSpec = { rules: { buy_now_price_minor: 2_500_00, quantity: 6 } };
    const sale = await house.sale({
      lots: [clock(AN_HOUR_MS), sealed('vickrey', AN_HOUR_MS), bought, {}, {}],
    });
    const rostrum = await people.rostrum(sale);
    const still = { colorScheme, reducedMotion: 'reduce', viewport: { width: 390, height: 844 } };
    const account = await house.bidder('Nadia Noor', sale);
    await house.limit(sale, account.paddle, 900_00);
    const bidder = await people.bidder(account, sale, still as BrowserContextOptions);
    const { page } = bidder;
    const check = async (what: string) => {
      await expectAccessible(page, what);
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(sideways, what).toBe(0);
    };

    await rostrum.do('open_lot', 1);
    await expect(bidder.button).toBeVisible();
    await check('a running clock');
    await bidder.button.click();
    await expect(bidder.fate).toHaveAttribute('data-code', 'over_limit');
    await check('a clock, and a bid beyond the limit');
    await rostrum.do('withdraw', 1);
    await rostrum.do('open_lot', 2);
    await bidder.enter('sealed-amount', '700');
    await bidder.expectStanding('sealed');
    await check('a sealed bid');
    const [bid] = await house.bids(sale, rostrum.lotId(2), account.token);
    expect(bid?.amount_minor).toBe(700_00);
    await rostrum.do('withdraw', 2);
    await rostrum.do('group', null, {
      together: 'choice',
      lots: [rostrum.lotId(4), rostrum.lotId(5)],
    });
    await rostrum.do('open_lot', 3);
    await bidder.by('buy-now').click();
    await check('the question before a lot is bought');
    await page.keyboard.press('Escape');
    await rostrum.do('withdraw', 3);
    await rostrum.do('open_lot', 4);
    await bidder.tap('£500');
    await bidder.expectLead();
    const [undone] = await house.bids(sale, rostrum.lotId(4), house.staffToken);
    await rostrum.do('retract', 4, { bid_id: undone?.bid_id });
    await expect(bidder.by('sale-notice').last()).toContainText('took back a bid of yours');
    await check('a notice, and lots for choice');
  });
}
