/** A lot from the first bid to the hammer, as two bidders and the console see it. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/test';
import { BidderView } from './support/bidder';
import { ConsoleDesk } from './support/console';
import { PASSWORD, STAFF } from './support/house';

test('a newcomer signs up, bids with one tap, is outbid, and wins', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{ picture: true }, {}] });
  const boris = await house.bidder('Boris Lem', sale);
  const desk = await people.console(sale);
  const page = await people.page(null);
  const anna = new BidderView(page);

  await test.step('from the list of sales to an account and a paddle', async () => {
    await page.goto('/');
    await page.getByTestId('sale-card').filter({ hasText: sale.title }).click();
    await page.getByTestId('sign-in-to-bid').click();
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('Your name').fill('Anna Karlsen');
    await page.getByLabel('User name').fill('anna.karlsen');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByTestId('sign-up').click();
    await expect(page).toHaveURL(sale.path);
    await expect(page.getByTestId('account')).toContainText('Anna Karlsen');
    await page.getByTestId('register').click();
    await expect(anna.by('paddle')).toHaveText('Paddle 1002');
    await expect(anna.button).toHaveCount(0);
  });

  const second = await people.bidder(boris, sale);
  await desk.begin();

  await test.step('one tap, and everybody sees it', async () => {
    await anna.expectLot('1', 'open');
    await expect(anna.by('lot-title')).toHaveText('Still Life with Quinces, No. 1');
    await expect(anna.by('estimate')).toContainText('£1,000');
    await expect(page.getByRole('img', { name: /Thorburn-Vey/ })).toBeVisible();
    await anna.tap('£500');
    await anna.expectPrice('£500', 'you');
    await anna.expectLead('The highest bid is yours.');
    await expect(page.getByTestId('announce-now')).toContainText('You lead');
    await second.expectPrice('£500', 'online');
    await desk.expectPrice('£500', 'Online · Paddle 1002');
    await expect(desk.by('console-floor')).toContainText('Floor £550');
  });

  await test.step('outbid beyond doubt', async () => {
    await second.tap('£550');
    await second.expectStanding('leading');
    await anna.expectStanding('outbid', 'You have been outbid', 'Bid £600 to lead again.');
    await anna.expectPrice('£550', 'online');
    await expect(page.getByTestId('announce-now')).toContainText('You have been outbid');
    await desk.expectPrice('£550', 'Online · Paddle 1001');
  });

  await test.step('an amount of one’s own', async () => {
    await anna.enter('own-amount', '£700');
    await anna.expectStanding('leading');
    await second.expectStanding('outbid', 'Bid £750 to lead again.');
    await second.expectPrice('£700', 'online');
    await expect(second.button).toHaveText('Bid £750');
    await expect(desk.bids).toHaveCount(3);
  });

  await test.step('the hammer', async () => {
    await desk.act('warn', 'f');
    await expect(anna.by('fair-warning')).toBeVisible();
    await expect(second.by('fair-warning')).toBeVisible();
    await desk.act('sold', 's');
    await anna.expectStanding('won', 'You won this lot', '£700');
    await second.expectStanding('lost', 'You did not win this lot', '£700');
    for (const view of [anna, second]) {
      await view.expectPrice('£700');
      await expect(view.by('winner')).toContainText('to paddle 1002');
      await expect(view.button).toHaveCount(0);
    }
    await anna.expectHistory(['You', '£700'], ['Paddle 1001', '£550'], ['You', '£500']);
    await second.expectHistory(['Paddle 1002', '£700'], ['You', '£550'], ['Paddle 1002', '£500']);
    await desk.expectPrice('£700', 'to paddle 1002');
  });

  await test.step('the next lot owes nothing to the last', async () => {
    await desk.next('2');
    for (const view of [anna, second]) {
      await view.expectLot('2', 'open');
      await expect(view.standing).toHaveCount(0);
      await view.expectPrice('£500', 'nobody');
      await expect(view.button).toHaveText('Bid £500');
    }
  });

  await test.step('but what became of the last is said until it is put away', async () => {
    const told = (view: BidderView) => view.by('sale-notice');
    await expect(told(anna)).toHaveText(/Lot 1: You won this lot\. The hammer fell to you at £700/);
    await expect(told(second)).toContainText('Lot 1: You did not win this lot.');
    await page.reload();
    await expect(told(anna)).toContainText('You won this lot');
    await anna.by('sale-notice-close').click();
    await expect(told(anna)).toHaveCount(0);
    await told(second).getByRole('link', { name: 'Lot 1' }).click();
    await second.expectStanding('lost', '£700');
    await expect(told(second)).toHaveCount(0);
  });

  await test.step('where one stands, on one page', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole('link', { name: 'My bids' }).click();
    await expect(page.getByTestId('my-sale')).toHaveCount(1);
    await expect(page.getByTestId('my-sale')).toContainText('Paddle 1002');
    // One request for all paddles, however many sales the house has.
    expect(asked.filter((path) => path.endsWith('/registrations'))).toEqual([
      '/api/v1/me/registrations',
    ]);
    const row = page.getByTestId('my-sale').getByRole('listitem');
    await expect(row).toHaveCount(1);
    await expect(row).toContainText('£700');
    await expect(row.getByTestId('standing-chip')).toHaveText('Won');
  });
});

test('a maximum answers the room step by step, and never above itself', async ({
  house,
  people,
}) => {
  const sale = await house.sale();
  const bidder = await people.bidder(await house.bidder('Clara Venn', sale), sale);
  const desk = await people.console(sale);
  await desk.begin();

  await bidder.enter('max-amount', '1000');
  await bidder.expectStanding('leading', 'Your maximum is £1,000.');
  await bidder.expectPrice('£500', 'you');

  await desk.floor('£550', '£600');
  await expect(desk.leader).toHaveText('Online · Paddle 1001');
  await bidder.expectPrice('£600', 'you');
  await desk.floor('£650', '£700');
  await bidder.expectStanding('leading', 'Your maximum is £1,000.');

  await test.step('an amount and a paddle of the room', async () => {
    await desk.act('amount', 'b');
    await expect(desk.by('dialog-amount')).toBeFocused();
    await desk.page.keyboard.type('900');
    await desk.press('Tab');
    await desk.page.keyboard.type('77');
    await desk.press('Enter');
    await desk.expectPrice('£950', 'Online · Paddle 1001');
    await bidder.expectPrice('£950', 'you');
  });

  await test.step('a tie goes to who was first, the next step to the room', async () => {
    await desk.floor('£1,000');
    await expect(desk.leader).toHaveText('Online · Paddle 1001');
    await bidder.expectStanding('leading');
    await bidder.expectPrice('£1,000', 'you');
    await desk.floor('£1,100');
    await expect(desk.leader).toHaveText('Room');
    await bidder.expectStanding('outbid', 'Bid £1,200 to lead again.');
    await bidder.expectPrice('£1,100', 'room');
  });
});

test('who bids from the keyboard keeps the place', async ({ house, people }) => {
  const sale = await house.sale();
  const bidder = await people.bidder(await house.bidder('Runa Falk', sale), sale);
  const desk = await people.console(sale);
  await desk.begin();
  await expect(bidder.button).toHaveText('Bid £500');
  const button = await bidder.button.boundingBox();
  await bidder.button.focus();
  await bidder.page.keyboard.press('Enter');
  await bidder.expectLead();
  // Nothing is bid by the same key again.
  await bidder.page.keyboard.press('Enter');
  await desk.floor('£550');
  await bidder.expectStanding('outbid');
  expect(await bidder.button.boundingBox()).toEqual(button);
  await expect(bidder.button).toBeFocused();
  await expect(bidder.button).toBeEnabled();
  await bidder.page.keyboard.press('Enter');
  await bidder.expectLead();
  await desk.expectPrice('£600', 'Online · Paddle 1001');
});

test('a bid that is taken back says so, and what counts now', async ({ house, people }) => {
  const sale = await house.sale();
  const bidder = await people.bidder(await house.bidder('Vera Moll', sale), sale);
  const { page } = bidder;
  const desk = await people.console(sale);
  await desk.begin();

  await test.step('nobody else has bid', async () => {
    await bidder.tap('£500');
    await bidder.expectLead();
    await desk.undo();
    await bidder.expectStanding(
      'retracted',
      'The auctioneer retracted your bid of £500',
      'There is no other bid. Bid £500 to lead.',
    );
    await expect(page.getByTestId('announce-now')).toContainText('retracted your bid of £500');
    await bidder.expectPrice('£500', 'nobody');
  });

  await test.step('the room leads', async () => {
    await desk.floor('£500');
    await bidder.tap('£550');
    await bidder.expectLead();
    await desk.expectPrice('£550');
    await desk.undo();
    const words = [
      'The auctioneer retracted your bid of £550',
      'The price is now £500; the room leads. Bid £550 to lead.',
    ];
    await bidder.expectStanding('retracted', ...words);
    await expect(bidder.fate).toHaveCount(0);
    await page.reload();
    await bidder.expectStanding('retracted', ...words);
    await page.getByTestId('language-ru').click();
    await bidder.expectStanding('retracted', 'Аукционист отозвал вашу ставку', 'лидирует зал');
    await page.getByTestId('language-en').click();
  });

  await test.step('an earlier bid of their own leads', async () => {
    await bidder.tap('£550');
    await bidder.expectLead('The highest bid is yours.');
    await bidder.enter('max-amount', '900');
    await bidder.expectLead('Your maximum is £900.');
    await expect(desk.bids).toHaveCount(5);
    await desk.undo();
    await bidder.expectLead(
      'The auctioneer retracted your maximum of £900. Your earlier bid leads at £550.',
    );
    await expect(bidder.fate).toHaveCount(0);
  });

  await test.step('and sold to somebody else, it is still told', async () => {
    await desk.undo();
    await bidder.expectStanding('retracted', 'your maximum of £900', 'the room leads');
    await desk.act('sold', 's');
    await desk.by('sold-unnamed').click();
    await bidder.expectStanding('retracted', 'It sold to another bidder for £500.');
  });
});

test('an absentee bid bids for one who has gone', async ({ house, people }) => {
  const sale = await house.sale();
  const bidder = await people.bidder(await house.bidder('Dora Quill', sale), sale);
  const desk = await people.console(sale);

  await bidder.page.getByTestId('lot-card').first().click();
  await bidder.enter('absentee-amount', '650');
  await bidder.expectStanding('absentee', 'up to £650');
  await desk.by('console-tab-book').click();
  await expect(desk.by('console-book')).toContainText('Paddle 1001');
  await expect(desk.by('console-book')).toContainText('£650');
  await test.step('and is lowered as freely as it was left', async () => {
    await bidder.enter('absentee-amount', '600');
    await bidder.expectStanding('absentee', 'up to £600');
    await expect(desk.by('console-book')).toContainText('£600');
    await bidder.enter('absentee-amount', '650');
    await bidder.expectStanding('absentee', 'up to £650');
    await expect(desk.by('console-book')).toContainText('£650');
  });
  await test.step('and taken out by the clerk, whom the bidder has called', async () => {
    await desk.by('console-book-out').click();
    await expect(desk.by('confirm-dialog')).toContainText('Paddle 1001 out of the book · Lot 1');
    await desk.by('dialog-confirm').click();
    await desk.expectLog('done', 'Take out of the book · Paddle 1001');
    await expect(desk.by('console-book')).toContainText('No absentee bids on this lot.');
    await expect(bidder.by('absentee-amount')).toHaveValue('');
    await bidder.enter('absentee-amount', '650');
    await bidder.expectStanding('absentee', 'up to £650');
    await expect(desk.by('console-book')).toContainText('£650');
  });
  await bidder.page.close();

  await desk.begin();
  await desk.expectPrice('£500', 'Book · Paddle 1001');
  await desk.floor('£550', '£600');
  await expect(desk.leader).toHaveText('Book · Paddle 1001');
});

test('a mouse button that goes down on one amount bids that one', async ({ house, people }) => {
  const sale = await house.sale();
  const bidder = await people.bidder(await house.bidder('Mira Holt', sale), sale);
  const desk = await people.console(sale);
  await desk.begin();
  await expect(bidder.button).toHaveText('Bid £500');
  const higher = bidder.by('quick-bid').first();
  await expect(higher).toHaveText('£550');
  await expect(higher).not.toHaveAttribute('aria-disabled', 'true');

  await higher.hover();
  await bidder.page.mouse.down();
  await desk.floor('£500');
  await expect(higher).toHaveText('£600');
  await bidder.page.mouse.up();
  await bidder.expectPrice('£550', 'you');

  await desk.floor('£600');
  await expect(bidder.button).toHaveText('Bid £650');
  await expect(bidder.button).not.toHaveAttribute('aria-disabled', 'true');
  await bidder.button.hover();
  await bidder.page.mouse.down();
  await desk.floor('£650');
  await expect(bidder.button).toHaveText('Bid £700');
  await bidder.page.mouse.up();
  await expect(bidder.fate).toContainText('Your bid of £650 does not count');
});

test('bids from a page that is not in a secure context', async ({ house, people }) => {
  const sale = await house.sale();
  // As a browser has it over plain HTTP from another machine.
  const plain = async (page: Page) =>
    page.addInitScript(() => Reflect.deleteProperty(Crypto.prototype, 'randomUUID'));
  const page = await people.page(await house.bidder('Ingo Vale', sale));
  const desk = new ConsoleDesk(await people.page(STAFF));
  for (const other of [page, desk.page]) await plain(other);
  await page.goto(sale.path);
  await desk.page.goto(sale.console);
  await desk.ready();
  await desk.begin();
  const bidder = new BidderView(page);
  await bidder.tap('£500');
  await bidder.expectPrice('£500', 'you');
  await desk.floor('£550');
});
