/** The server is killed while people are bidding, and comes back at the same address. */
import { BidderView } from './support/bidder';
import type { House } from './support/house';
import { expect, test, type People } from './support/test';

/** Longer than the longest pause between two attempts to come back. */
const BACK_WITHIN = { timeout: 20_000 };

/** A lot is open, and a bidder looks at it whom nothing reaches while the test wants it so. */
async function hardOfHearing(people: People, house: House) {
  const sale = await house.sale();
  const who = await house.bidder('Ivo Marsh', sale);
  const page = await people.page(who);
  let deaf = false;
  let connections = 0;
  await page.routeWebSocket('**/ws/v1', (socket) => {
    connections += 1;
    socket.connectToServer().onMessage((message) => {
      if (!deaf) socket.send(message);
    });
  });
  await page.goto(sale.path);
  const bidder = new BidderView(page);
  const desk = await people.console(sale);
  await desk.begin();
  await expect(bidder.button).toHaveText('Bid £500');
  const deafen = (on: boolean) => (deaf = on);
  return { who, page, bidder, desk, deafen, connections: () => connections };
}

test.beforeEach(({ people }) => {
  people.expectComplaints(/WebSocket connection|ERR_CONNECTION|Failed to load resource/);
});

test('a bid that the server never read is told so, and can be made again', async ({
  house,
  people,
}) => {
  const sale = await house.sale();
  const bidder = await people.bidder(await house.bidder('Hedda Bloom', sale), sale);
  const desk = await people.console(sale);
  await desk.begin();
  await desk.floor('£500');
  await expect(bidder.button).toHaveText('Bid £550');

  await test.step('the bid is on its way when the server dies', async () => {
    house.gavel.freeze();
    await bidder.tap('£550');
    await expect(bidder.button).toHaveText('Sending £550…');
    await house.gavel.kill();
    await expect(bidder.connection).not.toHaveAttribute('data-phase', 'online');
    await expect(bidder.by('connection-notice')).toContainText('You cannot bid until');
    await expect(bidder.fate).toHaveAttribute('data-fate', 'checking');
    await expect(bidder.fate).toContainText('Its true fate is shown as soon as the line is back');
    await expect(bidder.button).toBeDisabled();
    await expect(bidder.button).toHaveText('Waiting for the connection');
    await bidder.expectPrice('£500', 'room');
  });

  await test.step('the page comes back by itself and knows the fate', async () => {
    await house.gavel.start();
    await expect(bidder.connection).toHaveAttribute('data-phase', 'online', BACK_WITHIN);
    await expect(bidder.by('connection-notice')).toHaveCount(0);
    await expect(bidder.fate).toHaveAttribute('data-code', 'not_received');
    await expect(bidder.fate).toContainText('does not count. It never reached the server.');
    await bidder.expectPrice('£500', 'room');
    await bidder.expectHistory(['Room', '£500']);
  });

  await test.step('and the sale goes on', async () => {
    await bidder.tap('£550');
    await bidder.expectStanding('leading');
    await expect(desk.by('connection')).toHaveAttribute('data-phase', 'online', BACK_WITHIN);
    await desk.expectPrice('£550', 'Online · Paddle 1001');
    await desk.act('sold', 's');
    await bidder.expectStanding('won', '£550');
  });
});

test('a bid whose answer was lost counts, and the page finds out', async ({ house, people }) => {
  const { bidder, desk, deafen } = await hardOfHearing(people, house);

  deafen(true);
  await bidder.tap('£500');
  await desk.expectPrice('£500', 'Online · Paddle 1001');
  await expect(bidder.button).toHaveText('Sending £500…');
  await house.gavel.kill();
  await expect(bidder.fate).toHaveAttribute('data-fate', 'checking');
  deafen(false);
  await house.gavel.start();

  await expect(bidder.connection).toHaveAttribute('data-phase', 'online', BACK_WITHIN);
  await expect(bidder.fate).toHaveText('Your bid of £500 counts.');
  await bidder.expectStanding('leading', 'You lead');
  await bidder.expectPrice('£500', 'you');
  await bidder.expectHistory(['You', '£500']);
});

test('a bid under way survives a reload of the page', async ({ house, people }) => {
  const { page, bidder, desk, deafen } = await hardOfHearing(people, house);

  deafen(true);
  await bidder.tap('£500');
  await desk.expectPrice('£500', 'Online · Paddle 1001');
  await expect(bidder.button).toHaveText('Sending £500…');
  deafen(false);
  await page.reload();
  await expect(bidder.fate).toHaveText('Your bid of £500 counts.');
  await bidder.expectStanding('leading');
});

test('the fate of a bid on a lot that is over reaches the bidder all the same', async ({
  house,
  people,
}) => {
  const { page, bidder, desk, deafen } = await hardOfHearing(people, house);

  deafen(true);
  await bidder.tap('£500');
  await desk.expectPrice('£500', 'Online · Paddle 1001');
  await desk.act('sold', 's');
  await desk.next('2');
  deafen(false);
  await page.reload();
  await bidder.expectLot('2', 'open');
  await expect(bidder.by('sale-notice')).toContainText('Lot 1: You won this lot.');
  await expect(bidder.by('sale-notice')).toContainText('£500');
  await bidder.tap('£500');
  await bidder.expectStanding('leading');
});

test('whoever signs out before the answer is told to come back for it', async ({
  house,
  people,
}) => {
  const { who, page, bidder, desk, deafen, connections } = await hardOfHearing(people, house);

  deafen(true);
  await bidder.tap('£500');
  await desk.expectPrice('£500', 'Online · Paddle 1001');
  deafen(false);
  await page.getByTestId('account').click();
  await page.getByTestId('sign-out').click();
  await expect(bidder.fate).toContainText('Sign in again to learn its fate');
  await expect(bidder.connection).toHaveAttribute('data-phase', 'online');

  await test.step('a guest is not thrown out for asking', async () => {
    const before = connections();
    await desk.floor('£550');
    await desk.floor('£600');
    await bidder.expectPrice('£600', 'room');
    await expect(bidder.connection).toHaveAttribute('data-phase', 'online');
    expect(connections()).toBe(before);
  });

  await page.getByTestId('sign-in-to-bid').click();
  await page.getByLabel('User name').fill(who.name);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByTestId('sign-in').click();
  await bidder.expectStanding('outbid');
  await expect(page.getByText('Sign in again to learn')).toHaveCount(0);
  await bidder.tap('£650');
  await bidder.expectStanding('leading');
});
