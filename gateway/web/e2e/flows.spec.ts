/** How a sale goes beside one lot after the other: fixed prices, several pieces, groups, the hammer, what is undone. */
import type { LotSpec, OpenSale } from './support/house';
import { expect, test } from './support/test';

const lotPath = (sale: OpenSale, lot: number) => `${sale.path}/lots/${sale.lots[lot - 1]?.id}`;
/** Long enough to be seen by a browser that is starved. */
const SLOW_HAMMER: LotSpec = { rules: { hammer_window_ms: 2_000 } };

test('a lot is bought at its fixed price, once that was confirmed', async ({ house, people }) => {
  const lot: LotSpec = { rules: { buy_now_price_minor: 2_500_00 } };
  const sale = await house.sale({ lots: [lot, lot] });
  const rostrum = await people.rostrum(sale);
  const ada = await people.bidder(await house.bidder('Ada Cash', sale), sale);
  const ben = await people.bidder(await house.bidder('Ben Cash', sale), sale);
  await rostrum.do('next_lot');
  for (const view of [ada, ben]) {
    await expect(view.by('buy-now')).toHaveText('Buy now for £2,500');
    await expect(view.by('buy-now-price')).toContainText('£2,500');
  }
  await test.step('not by a slip of the finger', async () => {
    await ada.by('buy-now').click();
    await expect(ada.by('buy-now-dialog')).toContainText('£2,500');
    await ada.page.keyboard.press('Escape');
    await expect(ada.by('buy-now-dialog')).toHaveCount(0);
    await expect(ada.by('buy-now')).toBeFocused();
    await ada.expectLot('1', 'open');
  });
  await test.step('and then at once', async () => {
    await ada.by('buy-now').click();
    await ada.by('buy-now-confirm').click();
    await ada.expectStanding('won', '£2,500');
    await ben.expectLot('1', 'closed');
    await ben.expectPrice('£2,500');
    await expect(ben.by('winner')).toContainText('to paddle 1001');
  });
  await test.step('until the first bid', async () => {
    await rostrum.do('next_lot');
    await ada.expectLot('2', 'open');
    await ada.by('buy-now').click();
    await ben.tap('£500');
    await expect(ada.by('buy-now-dialog')).toContainText('the fixed price is gone');
    await expect(ada.by('buy-now-confirm')).toBeDisabled();
    await ada.page.keyboard.press('Escape');
    for (const view of [ada, ben]) await expect(view.by('buy-now')).toHaveCount(0);
    await expect(ada.by('buy-now-price')).toHaveCount(0);
  });
});

test('times the money: for one piece, and what it comes to', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{ rules: { quantity: 6 } }] });
  const rostrum = await people.rostrum(sale);
  const bidder = await people.bidder(await house.bidder('Six Bottles', sale), sale);
  await rostrum.do('next_lot');
  await expect(bidder.stage).toContainText('the winner buys all 6');
  await expect(bidder.by('times-the-money')).toHaveText('× 6 = £3,000');
  await bidder.by('own-amount').fill('550');
  await expect(bidder.by('own-amount-note')).toHaveText('× 6 = £3,300');
  await bidder.tap('£500 × 6 = £3,000');
  await bidder.expectLead();
  await rostrum.do('hammer', 1, { result: 'sold' });
  await bidder.expectStanding('won', '£500 × 6 = £3,000');
});

test('while the hammer falls nothing is sold, and it may be lifted', async ({ house, people }) => {
  const sale = await house.sale({ lots: [SLOW_HAMMER] });
  const rostrum = await people.rostrum(sale);
  const bidder = await people.bidder(await house.bidder('Hank Last', sale), sale);
  await rostrum.do('next_lot');
  await rostrum.floor(1, 500_00, 12);
  await bidder.expectPrice('£500', 'room');

  // What the page says from now on, each time that it changes.
  await bidder.page.evaluate(() => {
    const said: string[] = ((window as { said?: string[] }).said = []);
    const look = () => {
      const shown = (id: string) => document.querySelector(`[data-testid=${id}]`) !== null;
      const state = shown('winner') ? 'sold' : shown('hammer-falling') ? 'falling' : 'open';
      if (said.at(-1) !== state) said.push(state);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  });
  await expect(async () => {
    try {
      await rostrum.do('hammer', 1, { result: 'sold' });
      await expect(bidder.by('hammer-falling')).toBeVisible({ timeout: 1_500 });
      await expect(bidder.by('hammer-falling')).toContainText('The hammer is falling');
      await rostrum.do('lift_hammer', 1);
    } catch (late) {
      await rostrum.do('reopen', 1);
      throw late;
    }
  }).toPass();
  await expect(bidder.by('hammer-lifted')).toContainText('The hammer is up again');
  await bidder.expectLot('1', 'open');
  await rostrum.do('hammer', 1, { result: 'sold' });
  await bidder.expectLot('1', 'closed');
  await expect(bidder.by('winner')).toBeVisible();
  await expect(bidder.by('hammer-falling')).toHaveCount(0);
  const said = await bidder.page.evaluate(() => (window as { said?: string[] }).said ?? []);
  expect(said.slice(-4)).toEqual(['falling', 'open', 'falling', 'sold']);
});

test('a bid after the hammer could be heard is refused in plain words', async ({
  house,
  people,
}) => {
  const sale = await house.sale({ lots: [SLOW_HAMMER] });
  const rostrum = await people.rostrum(sale);
  const bidder = await people.bidder(await house.bidder('Toby Late', sale), sale);
  await rostrum.do('next_lot');
  await rostrum.floor(1, 500_00, 12);
  await expect(bidder.button).toHaveText('Bid £550');
  await expect(bidder.button).not.toHaveAttribute('aria-disabled', 'true');
  // The tap comes when the hammer has been on display for much longer than any way there and back;
  // should it come only when the hammer has fallen, once more.
  await expect(async () => {
    await bidder.page.evaluate(() => {
      const button = () => document.querySelector<HTMLElement>('[data-testid=bid-button]');
      const heard = new MutationObserver(() => {
        if (!document.querySelector('[data-testid=hammer-falling]')) return;
        heard.disconnect();
        setTimeout(() => button()?.click(), 500);
      });
      heard.observe(document.body, { subtree: true, childList: true });
    });
    await rostrum.do('hammer', 1, { result: 'sold' });
    await bidder.expectLot('1', 'closed');
    try {
      await expect(bidder.fate).toHaveAttribute('data-code', 'after_hammer');
    } catch (late) {
      await rostrum.do('reopen', 1);
      throw late;
    }
  }).toPass();
  await expect(bidder.fate).toContainText('You could hear the hammer before you sent it');
});

test('what is undone is told until it is put away', async ({ house, people }) => {
  const sale = await house.sale();
  const rostrum = await people.rostrum(sale);
  const ada = await people.bidder(await house.bidder('Ada Undo', sale), sale);
  const ben = await people.bidder(await house.bidder('Ben Undo', sale), sale);
  await rostrum.do('next_lot');
  await ada.tap('£500');
  await ada.expectLead();
  await ben.tap('£550');
  await ben.expectLead();
  const [last] = await house.bids(sale, rostrum.lotId(1), house.staffToken);
  await rostrum.do('retract', 1, { bid_id: last?.bid_id });

  const told = (view: typeof ada, kind: string) =>
    view.page.locator(`[data-testid=sale-notice][data-notice=${kind}]`);
  await expect(told(ada, 'lead_gained')).toContainText('The lead is yours again');
  await expect(told(ada, 'lead_gained')).toContainText('The price is now £500.');
  await expect(told(ben, 'bid_retracted')).toContainText('took back a bid of yours');
  await ada.expectLead();
  await ben.expectStanding('retracted', 'you');

  await test.step('over a reload, and on another page of the sale', async () => {
    await ben.page.goto(lotPath(sale, 3));
    await expect(told(ben, 'bid_retracted')).toBeVisible();
    await told(ben, 'bid_retracted').getByTestId('sale-notice-close').click();
    await expect(ben.by('sale-notice')).toHaveCount(0);
    await ben.page.reload();
    await ben.expectLot('3', 'pending');
    await expect(ben.by('sale-notice')).toHaveCount(0);
  });
  await test.step('a lot that was won is open again', async () => {
    await rostrum.do('hammer', 1, { result: 'sold' });
    await ada.expectStanding('won');
    await rostrum.do('reopen', 1);
    await expect(told(ada, 'lot_reopened')).toContainText('open again');
    await expect(told(ada, 'lead_gained')).toBeVisible();
  });
});

test('lots that are put back, taken out, offered again and offered together', async ({
  house,
  people,
}) => {
  const sale = await house.sale({ lots: [{}, {}, {}, {}] });
  const rostrum = await people.rostrum(sale);
  const bidder = await people.bidder(await house.bidder('Olga Flow', sale), sale);
  const card = (lot: number) => bidder.page.locator(`[data-testid=lot-card][data-lot="${lot}"]`);
  const note = (kind: string) => bidder.page.locator(`[data-testid=lot-note][data-note=${kind}]`);

  await rostrum.do('skip', 2);
  await expect(card(2)).toContainText('Put back');
  await rostrum.do('withdraw', 4);
  await expect(card(4)).toContainText('Withdrawn');
  await rostrum.do('next_lot');
  await rostrum.do('hammer', 1, { result: 'pass' });
  await rostrum.do('reoffer', 1);
  await expect(card(1)).toContainText('Offered again');
  await bidder.page.goto(lotPath(sale, 1));
  await expect(note('reoffered')).toContainText('Earlier bids do not count');
  await bidder.page.goto(lotPath(sale, 4));
  await expect(note('withdrawn')).toBeVisible();
  await expect(bidder.by('absentee-amount')).toHaveCount(0);

  await test.step('for choice: the winner says which', async () => {
    const lots = [rostrum.lotId(1), rostrum.lotId(3)];
    await rostrum.do('group', null, { together: 'choice', lots });
    await bidder.page.goto(lotPath(sale, 3));
    await expect(note('led')).toContainText('Offered together with Lot 1');
    await expect(bidder.by('absentee-amount')).toHaveCount(0);
    await note('led').getByRole('link').click();
    await expect(note('choice')).toContainText('at the hammer price each');
    await expect(note('choice').getByRole('link')).toHaveText('Lot 3');
    await rostrum.do('open_lot', 1);
    await bidder.tap('£500');
    await bidder.expectLead();
    await rostrum.do('hammer', 1, { result: 'sold' });
    await expect(note('choose')).toContainText('which of the lots you take');
    await rostrum.do('choose', 1, { taken: [rostrum.lotId(3)] });
    await expect(note('choose')).toHaveCount(0);
    await bidder.expectLot('1', 'pending');
    await bidder.page.goto(lotPath(sale, 3));
    await bidder.expectStanding('won', '£500');
  });
  await test.step('combined: one bid for all, and one end', async () => {
    const lots = [rostrum.lotId(1), rostrum.lotId(2)];
    await rostrum.do('group', null, { together: 'combined', lots });
    await bidder.page.goto(lotPath(sale, 1));
    await expect(note('combined')).toContainText('One bid is for all of them.');
    await bidder.expectPrice('£1,000');
    await rostrum.do('open_lot', 1);
    await bidder.tap('£1,000');
    await bidder.expectLead();
    await rostrum.do('hammer', 1, { result: 'sold' });
    await bidder.expectStanding('won', '£1,000');
    await bidder.page.goto(lotPath(sale, 2));
    await expect(note('with')).toContainText('Sold together with Lot 1');
  });
});

test('the auctioneer is told of a fair warning once it is on display', async ({
  house,
  people,
}) => {
  const sale = await house.sale();
  const rostrum = await people.rostrum(sale);
  const page = await people.page(await house.bidder('Wanda Seen', sale));
  const shown: { lot_id: string; seq: number }[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const message = JSON.parse(String(payload));
      if (message.type === 'warning_shown') shown.push(message);
    }),
  );
  await page.goto(sale.path);
  const stage = page.getByTestId('lot-stage');
  const guest = await people.bidder(null, sale);
  await rostrum.do('next_lot');
  await expect(stage).toHaveAttribute('data-state', 'open');
  await rostrum.floor(1, 500_00, 12);

  await rostrum.do('fair_warning', 1);
  await expect(guest.by('fair-warning')).toBeVisible();
  await expect.poll(() => shown.length).toBe(1);
  expect(shown[0]?.lot_id).toBe(rostrum.lotId(1));
  await test.step('again for another one, and for none that is out of sight', async () => {
    await page.getByTestId('lot-card').nth(2).click();
    await expect(stage).toHaveAttribute('data-lot', '3');
    await rostrum.floor(1, 550_00, 14);
    await rostrum.do('fair_warning', 1);
    await expect(guest.by('fair-warning')).toBeVisible();
    // A way there and back later nothing was said of it.
    await rostrum.do('message', null, { text: 'Lot 1 at £550' });
    await expect(page.getByTestId('room-message')).toContainText('Lot 1 at £550');
    expect(shown).toHaveLength(1);
    await page.getByRole('link', { name: sale.title }).click();
    await expect.poll(() => shown.length).toBe(2);
    expect(shown[1]?.seq).toBeGreaterThan(shown[0]?.seq ?? Infinity);
  });
});

test('what a limit leaves is shown, and a bid beyond it says how much', async ({
  house,
  people,
}) => {
  const sale = await house.sale({ lots: [{}, { rules: { quantity: 3 } }] });
  const rostrum = await people.rostrum(sale);
  const lena = await house.bidder('Lena Limit', sale);
  await house.limit(sale, lena.paddle, 1_200_00);
  const bidder = await people.bidder(lena, sale);
  await rostrum.do('next_lot');
  const limit = bidder.by('limit');
  await expect(limit).toHaveText('£1,200 left to bid with of your limit of £1,200');
  await bidder.enter('own-amount', '1300');
  await expect(bidder.fate).toHaveAttribute('data-code', 'over_limit');
  await expect(bidder.fate).toContainText('Your limit leaves £1,200.');

  await bidder.tap('£500');
  await bidder.expectLead();
  await rostrum.floor(1, 550_00, 12);
  await expect(limit).toContainText('£1,200 left');
  await bidder.tap('£600');
  await bidder.expectLead();
  await rostrum.do('hammer', 1, { result: 'sold' });
  await bidder.expectStanding('won');
  await rostrum.do('next_lot');
  await bidder.expectLot('2', 'open');
  await expect(limit).toContainText('£600 left');
  await expect(limit).toContainText('less than the next bid');
  await bidder.tap('£500 × 3 = £1,500');
  await expect(bidder.fate).toContainText('Your limit leaves £200 for each of the 3 pieces.');
});
