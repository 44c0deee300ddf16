/** Before anything is undone, the console shows what that would bring. */
import { ConsoleDesk } from './support/console';
import { STAFF, type OpenSale } from './support/house';
import { expect, test, type People } from './support/test';

/** A console whose looks ahead the test can have refused. */
async function foreseeing(people: People, sale: OpenSale) {
  const page = await people.page(STAFF, { viewport: { width: 1440, height: 900 } });
  let code: string | null = null;
  await page.routeWebSocket('**/ws/v1', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const { command, command_id } = JSON.parse(String(text));
      if (code === null || !command?.kind.startsWith('foresee')) return server.send(text);
      const bounds = { minimum_minor: null, maximum_minor: null };
      const refusal = { command_id, sale_id: sale.id, code, message: '', ...bounds };
      socket.send(JSON.stringify({ type: 'command_refused', ...refusal }));
    });
  });
  await page.goto(sale.console);
  const desk = new ConsoleDesk(page);
  await desk.ready();
  return { desk, refuse: (now: string | null) => (code = now) };
}

test('a retraction is looked at, refreshed as the sale moves, and done', async ({
  house,
  people,
}) => {
  const sale = await house.sale({ lots: [{}] });
  const bidder = await people.bidder(await house.bidder('Tove Lind', sale), sale);
  const { desk, refuse } = await foreseeing(people, sale);
  const other = await people.console(sale);
  const dialog = desk.by('confirm-dialog');
  await desk.begin();
  await desk.floor('£500');
  await bidder.tap('£550');
  await desk.expectPrice('£550', 'Online · Paddle 1001');

  await test.step('before and after, side by side', async () => {
    await desk.act('undo', 'u');
    await expect(dialog).toContainText('£550, Paddle 1001');
    await desk.expectForesight('price', '£550', '£500');
    await desk.expectForesight('leader', 'Online · Paddle 1001', 'Room');
    await desk.expectForesight('next', '£600', '£550');
    await desk.expectForesight('bids', '2', '1');
    await expect(desk.by('foresight-state')).toHaveAttribute('data-changed', 'false');
    await expect(desk.by('foresight-reserve')).toHaveCount(0);
    await desk.expectPrice('£550');
  });

  await test.step('the sale moves on under the question', async () => {
    await other.floor('£600');
    await expect(desk.by('foresight-price')).toHaveAttribute('data-changed', 'false');
    await expect(desk.by('foresight-leader')).toHaveAttribute('data-changed', 'false');
    await desk.expectForesight('bids', '3', '2');
  });

  await test.step('what is not possible says why, for as long as it is not', async () => {
    refuse('hammer_falling');
    await other.floor('£650');
    await expect(desk.by('foresight-refused')).toHaveAttribute('data-code', 'hammer_falling');
    await expect(desk.by('foresight-refused')).toContainText('The hammer is falling');
    await expect(desk.by('dialog-confirm')).toBeDisabled();
    await desk.press('Enter');
    await expect(dialog).toBeVisible();
    refuse(null);
    await other.floor('£700');
    await desk.expectForesight('bids', '5', '4');
  });

  await test.step('done, and the bidder is told', async () => {
    await desk.confirm();
    await expect(dialog).toHaveCount(0);
    await desk.expectPrice('£700', 'Room');
    await expect(desk.bids.filter({ hasText: 'Online' })).toContainText('Retracted');
    await bidder.expectStanding('retracted', 'The auctioneer retracted your bid of £550');
  });
});

test('a reopening is looked at, and the winner is told', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{ reserve_minor: 500_00 }, {}] });
  const bidder = await people.bidder(await house.bidder('Aksel Rud', sale), sale);
  const desk = await people.console(sale);
  const other = await people.console(sale);
  await desk.begin();
  await bidder.tap('£500');
  await desk.act('sold', 's');
  await bidder.expectStanding('won');
  // Until this console knows, it would lift the hammer.
  await desk.expectLot('1', 'closed');

  await test.step('before and after', async () => {
    await desk.act('undo', 'u');
    await desk.expectForesight('state', 'Sold', 'Open');
    await expect(desk.by('foresight-reserve')).toHaveAttribute('data-changed', 'false');
    await expect(desk.by('foresight-price')).toHaveAttribute('data-changed', 'false');
    await desk.dismiss();
    await desk.expectLot('1', 'closed');
  });

  await test.step('another console makes it impossible', async () => {
    await desk.act('reopen', 'r');
    await desk.expectForesight('state', 'Sold', 'Open');
    await other.next('2');
    await expect(desk.by('reopen-dialog')).toHaveCount(0);
    await expect(desk.by('console-notice')).toContainText('Lot 1 changed meanwhile');
    // Read: what is pressed from now on is not meant for the dialog that went away.
    await desk.by('console-notice').getByRole('button').click();
    await other.act('pass', 'x');
    await other.press('Enter');
  });

  await test.step('done', async () => {
    await desk.inOrder('1').click();
    await desk.act('reopen', 'r');
    await desk.confirm();
    await desk.expectLot('1', 'open');
    await desk.expectPrice('£500', 'Online · Paddle 1001');
    await bidder.expectLot('1', 'open');
    await bidder.expectStanding('leading');
  });
});
