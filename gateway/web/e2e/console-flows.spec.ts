/** How a house gets through its running order: skipped, withdrawn, offered again, offered together. */
import { type ConsoleDesk } from './support/console';
import { expect, test } from './support/test';

/** Long enough to enter a bid on a busy machine. */
const SEALED_FOR_MS = 20_000;

/** The lot that was opened last is passed. */
async function pass(desk: ConsoleDesk, number: string): Promise<void> {
  await desk.act('pass', 'x');
  await desk.press('Enter');
  await desk.expectLot(number, 'closed');
}

async function tick(desk: ConsoleDesk, ...numbers: string[]): Promise<void> {
  for (const number of numbers) {
    const lot = desk.page.locator(`[data-testid="pick-lot"][data-lot="${number}"]`);
    await lot.getByRole('checkbox').check();
  }
}

test('skipped, withdrawn, and offered again', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{}, {}, {}] });
  const bidder = await people.bidder(await house.bidder('Ida Brandt', sale), sale);
  const desk = await people.console(sale);

  await test.step('a lot is skipped before the sale begins', async () => {
    await desk.inOrder('1').click();
    await desk.act('skip', 'j');
    await expect(desk.inOrder('1')).toContainText('Skipped, comes at the end');
    await expect(desk.by('console-skip')).toBeDisabled();
    await desk.expectLog('done', 'Skip 1');
  });

  await test.step('the running order begins with the next one', async () => {
    await desk.act('start', 'g');
    await desk.next('2');
    await bidder.tap('£500');
    await desk.expectPrice('£500', 'Online · Paddle 1001');
  });

  await test.step('withdrawn while it is sold, after a question', async () => {
    await desk.act('withdraw', 'w');
    await expect(desk.by('confirm-dialog')).toContainText('Withdraw Lot 2?');
    await expect(desk.by('confirm-dialog')).toContainText('whatever was bid');
    await desk.dismiss();
    await desk.expectLot('2', 'open');
    await desk.act('withdraw', 'w');
    await desk.press('Enter');
    await desk.expectLot('2', 'closed');
    await expect(desk.inOrder('2')).toContainText('Withdrawn');
    await expect(bidder.stage).toContainText('Withdrawn');
  });

  await test.step('the skipped lot comes when no other is left', async () => {
    await desk.next('3');
    await pass(desk, '3');
    await desk.next('1');
    await expect(desk.inOrder('1')).not.toContainText('Skipped');
    await pass(desk, '1');
  });

  await test.step('offered again, a lot starts afresh', async () => {
    await desk.inOrder('2').click();
    await expect(desk.bids).toHaveCount(1);
    await desk.act('reoffer', 'q');
    await expect(desk.by('reoffer-dialog')).toContainText('Offer Lot 2 again?');
    await desk.confirm();
    await desk.expectLot('2', 'pending');
    await expect(desk.inOrder('2')).toContainText('Offered again');
    await expect(desk.bids).toHaveCount(0);
    await desk.act('next', 'n');
    await desk.expectLot('2', 'open');
    await desk.expectPrice('—', 'Nobody yet');
    await bidder.expectLot('2', 'open');
    await bidder.expectPrice('£500', 'nobody');
    await bidder.tap('£500');
    await desk.expectPrice('£500', 'Online · Paddle 1001');
  });
});

test('unsold lots are combined, split, and sold as one', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{}, { opening_minor: 300_00 }, {}] });
  const desk = await people.console(sale);
  const other = await people.console(sale);
  await desk.begin();
  await pass(desk, '1');
  await desk.next('2');
  await pass(desk, '2');
  await desk.inOrder('1').click();

  await test.step('two of them, with what they give', async () => {
    await desk.act('group', 'c');
    const dialog = desk.by('group-dialog');
    await expect(desk.by('group-combined')).toBeFocused();
    await desk.press('Enter');
    await expect(dialog.getByRole('alert')).toHaveText('Tick from 2 to 100 lots.');
    await tick(desk, '2');
    await expect(desk.by('group-summary')).toHaveText('Lots 1 and 2 as one, led by lot 1.');
    await expect(dialog).toContainText('Empty: £800.');
    await desk.by('dialog-enter').click();
    for (const console of [desk, other]) {
      await expect(console.inOrder('1')).toContainText('Combined with 2');
      await expect(console.inOrder('2')).toContainText('Combined with lot 1');
    }
    await desk.expectLot('1', 'pending');
    await expect(desk.ask).toHaveText('£800');
    await desk.inOrder('2').click();
    await desk.expectLot('2', 'pending');
    await expect(desk.by('console-open')).toBeDisabled();
  });

  await test.step('split again', async () => {
    await desk.inOrder('1').click();
    await desk.act('split', 'd');
    await expect(desk.by('confirm-dialog')).toContainText('Split the group of Lot 1?');
    await desk.confirm();
    await expect(desk.inOrder('1')).not.toContainText('Combined');
    await expect(desk.inOrder('2')).not.toContainText('Combined');
  });

  await test.step('together again, at a price of the auctioneer', async () => {
    await desk.act('group', 'c');
    await tick(desk, '2');
    await desk.by('dialog-amount').fill('600');
    await desk.press('Enter');
    await expect(desk.ask).toHaveText('£600');
    await desk.act('open', 'o');
    await desk.expectLot('1', 'open');
    await expect(desk.by('console-terms')).toContainText('Combined with 2');
    await desk.floor('£600');
    await desk.act('sold', 's');
    await desk.by('sold-unnamed').click();
    for (const console of [desk, other]) {
      await expect(console.inOrder('1')).toContainText('Sold £600');
      await expect(console.inOrder('2')).toContainText('Sold with lot 1');
    }
    await desk.expectLot('1', 'closed');
    await expect(desk.by('console-sold-call')).toBeVisible();
  });
});

test('the winner of a choice takes two lots, and the rest is offered again', async ({
  house,
  people,
}) => {
  const sale = await house.sale({ lots: [{}, {}, {}, {}] });
  const bidder = await people.bidder(await house.bidder('Enno Falk', sale), sale);
  const desk = await people.console(sale);

  await test.step('four lots for choice', async () => {
    await desk.act('group', 'c');
    await desk.by('group-choice').check();
    await tick(desk, '1', '2', '3', '4');
    await expect(desk.by('group-summary')).toContainText('A choice of lots 1, 2, 3 and 4');
    await desk.by('dialog-enter').click();
    await expect(desk.inOrder('1')).toContainText('Choice with 2, 3 and 4');
    await expect(desk.inOrder('4')).toContainText('In the choice of lot 1');
  });

  await test.step('won at a price for each', async () => {
    await desk.begin();
    await bidder.tap('£500');
    await desk.expectPrice('£500', 'Online · Paddle 1001');
    await desk.act('sold', 's');
    await desk.expectLot('1', 'closed');
    await expect(desk.inOrder('1')).toContainText('The winner chooses now');
    await expect(desk.by('console-hint')).toContainText('The winner of Lot 1 has to choose first');
  });

  await test.step('nothing else is opened before the winner has chosen', async () => {
    await desk.inOrder('2').click();
    for (const action of ['next', 'open']) {
      const button = desk.by(`console-${action}`);
      if (await button.count()) await expect(button).toBeDisabled();
    }
    await desk.act('choose', 't');
    const dialog = desk.by('choose-dialog');
    await expect(dialog).toContainText('Paddle 1001 chooses');
    await expect(dialog).toContainText('at £500 each');
    await desk.press('Enter');
    await expect(dialog.getByRole('alert')).toHaveText('Tick at least one lot.');
    await tick(desk, '2', '4');
    await expect(desk.by('choose-rest')).toHaveText('Lots 1 and 3 are offered for choice again.');
    await expect(desk.by('dialog-enter')).toContainText('Take 2 lots: £1,000');
    await desk.by('dialog-enter').click();
    await expect(dialog).toHaveCount(0);
  });

  await test.step('two are sold, two are a choice again', async () => {
    for (const number of ['2', '4']) await expect(desk.inOrder(number)).toContainText('Sold £500');
    await expect(desk.inOrder('1')).toContainText('Choice with 3');
    await expect(desk.inOrder('3')).toContainText('In the choice of lot 1');
    await desk.inOrder('1').click();
    await desk.act('open', 'o');
    await desk.expectLot('1', 'open');
    await desk.expectPrice('—', 'Nobody yet');
    await desk.floor('£500');
    await desk.act('sold', 's');
    await desk.by('sold-unnamed').click();
    await desk.act('choose', 't');
    await expect(desk.by('choose-dialog')).toContainText('The winner chooses');
    await tick(desk, '3');
    await expect(desk.by('choose-rest')).toHaveText('Lot 1 is offered by itself again.');
    await desk.by('dialog-enter').click();
    await expect(desk.inOrder('3')).toContainText('Sold £500');
    await expect(desk.inOrder('1')).not.toContainText('Choice');
  });
});

test('the house bids for the seller below the reserve, where the rules say so', async ({
  house,
  people,
}) => {
  const sale = await house.sale({
    lots: [{ reserve_minor: 600_00, rules: { house_bids: true } }, {}],
  });
  const desk = await people.console(sale);
  await desk.begin();
  await desk.act('house', 'v');
  await expect(desk.by('amount-dialog')).toContainText('Below the reserve of £600 only');
  await desk.press('Enter');
  await desk.expectPrice('£500', 'For the seller');
  await expect(desk.bids.first()).toContainText('For the seller');
  await expect(desk.by('console-sold')).toBeDisabled();
  await desk.act('house', 'v');
  await desk.by('dialog-amount').fill('600');
  await desk.press('Enter');
  await desk.expectLog('refused', 'must stay below the reserve. At most £599.99.');
  await desk.floor('£550');
  await expect(desk.by('console-house')).toBeDisabled();
  await desk.expectPrice('£550', 'Room');
  await pass(desk, '1');
  await desk.next('2');
  await expect(desk.by('console-house')).toHaveCount(0);
});

test('a Dutch clock and sealed bids at the rostrum', async ({ house, people }) => {
  const dutch = { start_minor: 900_00, step_minor: 10_00, every_ms: 1_000, floor_minor: 100_00 };
  const sale = await house.sale({
    lots: [
      { rules: { version: 2, format: 'dutch', dutch, quantity: 3 } },
      {
        rules: {
          version: 2,
          format: 'vickrey',
          runs: { from: 'opening', duration_ms: SEALED_FOR_MS },
        },
      },
    ],
  });
  const desk = await people.console(sale);
  await desk.act('start', 'g');

  await test.step('the clock falls, and the room stops it', async () => {
    await desk.next('1');
    await expect(desk.by('console-terms')).toContainText('Dutch auction');
    await expect(desk.by('console-terms')).toContainText('3 pieces, times the money');
    for (const action of ['warn', 'sold', 'ask', 'step', 'pause', 'pass', 'absentee']) {
      await expect(desk.by(`console-${action}`)).toHaveCount(0);
    }
    const before = (await desk.price.textContent()) ?? '';
    expect(before.trim()).toMatch(/^£[1-9]\d0$/);
    await expect(desk.price).not.toHaveText(before);
    await expect(desk.by('console-floor')).toContainText(/Room takes £\d+/);
    await desk.press('f', 's', 'k', 'a');
    await desk.act('floor', 'Space');
    await desk.expectLot('1', 'closed');
    await expect(desk.leader).toHaveText('to the room');
    await expect(desk.by('console-terms')).toContainText(/£\d+ × 3 = £/);
    await expect(desk.log).toHaveCount(3);
  });

  await test.step('nobody sees a sealed bid, and nothing is counted', async () => {
    await desk.next('2');
    await expect(desk.by('console-lot')).toContainText('Bids are sealed; nobody sees them');
    await expect(desk.by('console-floor')).toHaveCount(0);
    await expect(desk.bids).toHaveCount(0);
    await desk.expectPrice('—');
    await desk.act('phone', 'p');
    await expect(desk.by('amount-dialog')).toContainText('It goes in unread');
    await desk.by('dialog-amount').fill('600');
    await desk.by('dialog-paddle').fill('52');
    await desk.press('Enter');
    await desk.expectLog('done', 'Phone bid £600');
    await expect(desk.bids).toHaveCount(0);
    await desk.expectPrice('—');
  });

  await test.step('after the close they are for the house to read', async () => {
    await expect(desk.lot).toHaveAttribute('data-state', 'closed', { timeout: 2 * SEALED_FOR_MS });
    await expect(desk.bids).toHaveCount(1);
    await expect(desk.bids).toContainText('£600');
    await desk.expectPrice('£500', 'to paddle 52');
  });
});

test('a bidder is suspended, with the bids made or without', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{}] });
  const [first, second] = [
    await house.bidder('Kaja Sund', sale),
    await house.bidder('Milo Voss', sale),
  ];
  const one = await people.bidder(first, sale);
  const two = await people.bidder(second, sale);
  const desk = await people.console(sale);
  await desk.begin();
  await one.tap('£500');
  await two.tap('£550');
  await desk.expectPrice('£550', `Online · Paddle ${second.paddle}`);
  await desk.by('console-tab-people').click();
  const row = (name: string) => desk.by('console-registration').filter({ hasText: name });

  await row('Milo Voss').getByTestId('console-suspend').click();
  const dialog = desk.by('suspend-dialog');
  await expect(dialog).toContainText('Suspend Milo Voss?');
  await expect(desk.by('suspend-stand')).not.toBeChecked();
  await desk.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('Say what happens to the bids made');
  await desk.by('suspend-retract').check();
  await desk.confirm();
  await expect(dialog).toHaveCount(0);
  await expect(row('Milo Voss')).toHaveAttribute('data-status', 'suspended');
  await desk.expectPrice('£500', `Online · Paddle ${first.paddle}`);
  await expect(two.by('registration-suspended')).toBeVisible();

  await row('Kaja Sund').getByTestId('console-suspend').click();
  await desk.by('suspend-stand').check();
  await desk.confirm();
  await expect(row('Kaja Sund')).toHaveAttribute('data-status', 'suspended');
  await desk.expectPrice('£500', `Online · Paddle ${first.paddle}`);
});

test('a bidder is given a limit, which counts at once', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{}] });
  const { paddle } = await house.bidder('Runa Dahl', sale);
  const desk = await people.console(sale);
  await desk.begin();
  await desk.by('console-tab-people').click();
  const limit = desk.by('console-limit');
  await expect(limit).toHaveText('no limit');

  await limit.click();
  await expect(desk.by('limit-credit')).toHaveText('Over all sales: bound to £0, without limit.');
  await desk.by('dialog-amount').fill('a lot');
  await desk.press('Enter');
  await expect(desk.by('limit-dialog').getByRole('alert')).toContainText('in figures');
  await desk.by('dialog-amount').fill('400');
  await desk.confirm();
  await expect(desk.by('limit-dialog')).toHaveCount(0);
  await expect(limit).toHaveText('limit £400');

  const phoneBid = async () => {
    await desk.act('phone', 'p');
    await desk.by('dialog-paddle').fill(String(paddle));
    await desk.press('Enter');
  };
  await phoneBid();
  await desk.expectLog('refused', 'more than the limit of this bidder leaves. At most £400.');

  await limit.click();
  await expect(desk.by('dialog-amount')).toHaveValue('400');
  await desk.by('dialog-amount').fill('');
  await desk.confirm();
  await expect(limit).toHaveText('no limit');
  await phoneBid();
  await desk.expectPrice('£500', `Phone · Paddle ${paddle}`);
  // Space is the room's again, and not that of what was clicked last.
  await desk.floor('£550');
});
