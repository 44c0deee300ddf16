/** Bids that cannot be, and what would be accepted instead. */
import { expect, test, type People } from './support/test';
import { BidderView } from './support/bidder';
import { STAFF, type Bidder, type OpenSale } from './support/house';

/** A bidder whose line brings news late: what others do is held back until it is let through. */
async function onASlowLine(people: People, who: Bidder, sale: OpenSale) {
  const page = await people.page(who);
  let held: string[] | null = null;
  let deliver: (message: string) => void = () => undefined;
  await page.routeWebSocket('**/ws/v1', (socket) => {
    const server = socket.connectToServer();
    deliver = (message) => socket.send(message);
    server.onMessage((message) => {
      const text = String(message);
      if (held && (JSON.parse(text) as { type: string }).type === 'update') held.push(text);
      else socket.send(text);
    });
  });
  await page.goto(sale.path);
  const view = new BidderView(page);
  return {
    view,
    hold: () => (held = []),
    release: () => {
      held?.forEach((message) => deliver(message));
      held = null;
    },
  };
}

test('a bid below the next one says what the next one is', async ({ house, people }) => {
  const sale = await house.sale();
  const slow = await onASlowLine(people, await house.bidder('Edda Rook', sale), sale);
  const desk = await people.console(sale);
  const { view } = slow;
  await desk.begin();

  await test.step('typed too low: nothing is sent', async () => {
    await expect(view.button).toHaveText('Bid £500');
    await view.enter('own-amount', '450');
    await expect(view.by('own-amount-note')).toHaveText('The next bid is £500 or more.');
    await view.enter('own-amount', 'five hundred');
    await expect(view.by('own-amount-note')).toHaveText('Enter an amount in figures.');
    await view.enter('max-amount', '0');
    await expect(view.by('max-amount-note')).toHaveText('The next bid is £500 or more.');
    await expect(view.fate).toHaveCount(0);
    await desk.expectPrice('—', 'Nobody yet');
  });

  await test.step('overtaken on the way: the server refuses, with the amount that counts', async () => {
    slow.hold();
    await desk.floor('£500');
    await desk.floor('£550');
    await view.tap('£500');
    await expect(view.fate).toHaveAttribute('data-code', 'below_minimum');
    await expect(view.fate).toHaveText(
      'Your bid of £500 does not count. It is below the next bid. The next bid is £600 or more.',
    );
    slow.release();
    await view.expectPrice('£550', 'room');
    await view.tap('£600');
    await view.expectStanding('leading');
    await desk.expectPrice('£600', 'Online · Paddle 1001');
  });

  await test.step('an amount that looks like a slip is asked for twice', async () => {
    await desk.floor('£650');
    await view.enter('own-amount', '70000');
    await expect(view.by('own-amount-note')).toContainText('Really bid £70,000?');
    await desk.expectPrice('£650');
    await view.by('own-amount').fill('700');
    await view.by('own-amount-submit').click();
    await desk.expectPrice('£700', 'Online · Paddle 1001');
  });
});

test('guests sign in, newcomers register, and others wait for approval', async ({
  house,
  people,
}) => {
  const sale = await house.sale({ auto_approve: false });
  const account = await house.account('Fritz Olde');
  const guest = await people.bidder(null, sale);
  const bidder = await people.bidder(account, sale);
  const desk = await people.console(sale);
  await desk.begin();

  await guest.expectLot('1', 'open');
  await expect(guest.by('sign-in-to-bid')).toHaveText('Sign in to bid');
  await expect(guest.button).toHaveCount(0);

  await bidder.expectLot('1', 'open');
  await expect(bidder.button).toHaveCount(0);
  await bidder.by('register').click();
  await expect(bidder.by('registration-pending')).toContainText('Paddle 1001');
  await expect(bidder.by('registration-pending')).toContainText('as soon as it is approved');
  await expect(bidder.button).toHaveCount(0);

  await test.step('approved at the console', async () => {
    await expect(desk.by('console-tab-people')).toContainText('1');
    await desk.by('console-tab-people').click();
    const row = desk.by('console-registration').filter({ hasText: 'Fritz Olde' });
    await expect(row).toHaveAttribute('data-status', 'pending');
    await row.getByTestId('console-approve').click();
    await expect(row).toHaveAttribute('data-status', 'approved');
    await bidder.tap('£500');
    await bidder.expectStanding('leading');
    await desk.expectPrice('£500', 'Online · Paddle 1001');
  });

  await test.step('suspended in the middle of the sale', async () => {
    await desk.floor('£550');
    await expect(bidder.button).toHaveText('Bid £600');
    const row = desk.by('console-registration').filter({ hasText: 'Fritz Olde' });
    await row.getByTestId('console-suspend').click();
    await desk.by('suspend-stand').check();
    await desk.confirm();
    await expect(bidder.by('registration-suspended')).toContainText('may not bid');
    await expect(bidder.by('registration-suspended')).toContainText('contact the house');
    await expect(bidder.button).toHaveCount(0);
    await desk.expectPrice('£550', 'Room');
  });
});

test('a pause takes the button away and gives it back', async ({ house, people }) => {
  const sale = await house.sale();
  const bidder = await people.bidder(await house.bidder('Greta Aum', sale), sale);
  const desk = await people.console(sale);
  await desk.begin();
  await expect(bidder.button).toHaveText('Bid £500');
  await desk.act('pause', 'k');
  await expect(bidder.by('paused')).toHaveText('Paused');
  await expect(bidder.button).toHaveText('Paused');
  await expect(bidder.button).toBeDisabled();
  // Until this console knows, the key would pause once more.
  await desk.expectLot('1', 'paused');
  await desk.act('pause', 'k');
  await bidder.tap('£500');
  await bidder.expectStanding('leading');
});

test('a sale that is not published says so, and goes live with it', async ({ house, people }) => {
  const sale = await house.draft();
  const page = await people.page(STAFF);
  await page.goto(sale.path);
  await expect(page.getByTestId('unpublished-notice')).toContainText('Not published');
  await expect(page.getByTestId('connection')).toHaveAttribute('data-phase', 'unpublished');
  await house.publish(sale);
  // As a click on the tab does.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(page.getByTestId('connection')).toHaveAttribute('data-phase', 'online');
  await expect(page.getByTestId('unpublished-notice')).toHaveCount(0);
});
