/** A lot run from the keyboard alone, with a second console and a bidder who watch. */
import { ConsoleDesk } from './support/console';
import { STAFF, type OpenSale } from './support/house';
import { expect, test, type People } from './support/test';

/** A console whose line the test holds: at first nothing from the server gets through. */
async function onAHeldLine(people: People, sale: OpenSale) {
  const page = await people.page(STAFF, { viewport: { width: 1440, height: 900 } });
  let state: 'held' | 'up' | 'cut' = 'held';
  let held: (() => void)[] = [];
  let close = () => {};
  await page.routeWebSocket('**/ws/v1', (socket) => {
    if (state === 'cut') return void socket.close();
    close = () => void socket.close();
    socket.connectToServer().onMessage((message) => {
      if (state === 'held') held.push(() => socket.send(message));
      else if (state === 'up') socket.send(message);
    });
  });
  await page.goto(sale.console);
  return {
    desk: new ConsoleDesk(page),
    up: () => {
      state = 'up';
      for (const send of held) send();
      held = [];
    },
    cut: () => {
      state = 'cut';
      close();
    },
  };
}

test('a lot from the keyboard', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{ reserve_minor: 1_500_00 }, {}, {}] });
  const bidder = await people.bidder(await house.bidder('Nils Tamm', sale), sale);
  const desk = await people.console(sale);
  const other = await people.console(sale);
  const both = [desk, other];

  await test.step('start, next: the first lot opens everywhere', async () => {
    await expect(desk.by('console-hint')).toContainText('“Start the sale” (G)');
    await desk.begin();
    await other.expectLot('1', 'open');
    await bidder.expectLot('1', 'open');
    await expect(desk.by('console-reserve')).toContainText('Reserve not met');
    await expect(bidder.by('reserve')).toContainText('Not met');
  });

  await test.step('Space bids for the room at the ask', async () => {
    await desk.floor('£500');
    await expect(desk.leader).toHaveText('Room');
    await other.expectPrice('£500', 'Room');
    await expect(other.ask).toHaveText('£550');
    await bidder.expectPrice('£500', 'room');
  });

  await test.step('an amount and a paddle', async () => {
    await desk.press('b');
    await expect(desk.by('dialog-amount')).toHaveValue('550');
    await desk.page.keyboard.type('600');
    await desk.press('Tab');
    await desk.page.keyboard.type('41');
    await desk.press('Enter');
    await expect(desk.by('amount-dialog')).toHaveCount(0);
    for (const console of both) await console.expectPrice('£600', 'Room · Paddle 41');
  });

  await test.step('a telephone bid wants a paddle', async () => {
    await desk.press('p');
    await expect(desk.by('dialog-paddle')).toBeFocused();
    await desk.press('Enter');
    await expect(desk.page.getByRole('alert')).toHaveText('Enter the paddle number.');
    await desk.page.keyboard.type('52');
    await desk.press('Enter');
    for (const console of both) await console.expectPrice('£650', 'Phone · Paddle 52');
    await bidder.expectPrice('£650', 'phone');
  });

  await test.step('ask and step', async () => {
    await desk.press('a');
    await desk.page.keyboard.type('800');
    await desk.press('Enter');
    for (const console of both) await expect(console.ask).toHaveText('£800');
    await expect(bidder.by('own-amount')).toHaveAttribute('placeholder', /£(700|800)/);
    await desk.press('i');
    await desk.page.keyboard.type('200');
    await desk.press('Enter');
    for (const console of both) await expect(console.lot).toContainText('Step £200');
    await desk.floor('£800');
    for (const console of both) await expect(console.ask).toHaveText('£1,000');
    await expect(bidder.button).toHaveText('Bid £1,000');
  });

  await test.step('fair warning, and a bid that answers it', async () => {
    await desk.press('f');
    await expect(bidder.by('fair-warning')).toHaveText('Fair warning');
    await expect(other.by('console-fair-warning')).toBeVisible();
    await bidder.tap('£1,000');
    for (const console of both) await console.expectPrice('£1,000', 'Online · Paddle 1001');
    await expect(bidder.by('fair-warning')).toHaveCount(0);
  });

  await test.step('undo takes the last bid back', async () => {
    await expect(desk.by('console-undo')).toContainText('Undo £1,000');
    await desk.undo();
    for (const console of both) await console.expectPrice('£800', 'Room');
    await expect(bidder.rows.first()).toContainText('Retracted');
    await bidder.expectPrice('£800', 'room');
    await bidder.expectStanding(
      'retracted',
      'The auctioneer retracted your bid of £1,000',
      'The price is now £800; the room leads. Bid £1,000 to lead.',
    );
    await expect(bidder.fate).toHaveCount(0);
  });

  await test.step('retract any bid from the history', async () => {
    const phone = desk.bids.filter({ hasText: 'Phone' });
    await phone.getByTestId('console-retract').focus();
    await desk.press('Enter');
    await expect(desk.by('dialog-confirm')).toBeFocused();
    await expect(desk.by('confirm-dialog')).toContainText('£650, Paddle 52');
    await desk.confirm();
    for (const console of both) {
      await expect(console.bids.filter({ hasText: 'Phone' })).toContainText('Retracted');
      await console.expectPrice('£800', 'Room');
    }
  });

  await test.step('pause and resume, from either console', async () => {
    await desk.press('k');
    for (const console of both) await console.expectLot('1', 'paused');
    await expect(bidder.by('paused')).toBeVisible();
    await desk.press('Space', 's', 'f');
    await other.act('pause', 'k');
    for (const console of both) {
      await console.expectLot('1', 'open');
      await console.expectPrice('£800', 'Room');
    }
    await expect(bidder.by('paused')).toHaveCount(0);
  });

  await test.step('a message to the room, typed over the keys', async () => {
    await desk.press('m');
    await expect(desk.by('dialog-message')).toBeFocused();
    await desk.page.keyboard.type('Snow on panel: sixfold fpxsunok');
    await expect(desk.by('dialog-message')).toHaveValue('Snow on panel: sixfold fpxsunok');
    await desk.press('Enter');
    await expect(bidder.by('room-message')).toContainText('Snow on panel: sixfold fpxsunok');
    await expect(other.by('console-message-shown')).toContainText('Snow on panel');
    for (const console of both) {
      await console.expectLot('1', 'open');
      await console.expectPrice('£800', 'Room');
    }
  });

  await test.step('sold below the reserve only when confirmed', async () => {
    await desk.act('sold', 's');
    await expect(desk.by('sold-dialog')).toContainText('The reserve is not met');
    await desk.dismiss();
    await expect(desk.by('sold-dialog')).toHaveCount(0);
    await desk.expectLot('1', 'open');
    await desk.act('sold', 's');
    await expect(desk.by('sold-paddle')).toBeFocused();
    await desk.page.keyboard.type('41');
    await desk.press('Enter');
    for (const console of both) {
      await console.expectLot('1', 'closed');
      await console.expectPrice('£800', 'to paddle 41');
    }
    await bidder.expectPrice('£800');
    await expect(bidder.by('winner')).toContainText('to paddle 41');
  });

  await test.step('reopened, the lot is as it was', async () => {
    await desk.act('reopen', 'r');
    await desk.confirm();
    for (const console of both) {
      await console.expectLot('1', 'open');
      await console.expectPrice('£800');
    }
    await bidder.tap('£1,000');
    await bidder.expectStanding('leading');
  });

  await test.step('passed, after a question', async () => {
    await desk.press('x');
    await expect(desk.by('confirm-dialog')).toContainText('Pass Lot 1?');
    await desk.press('Enter');
    for (const console of both) await console.expectLot('1', 'closed');
    await bidder.expectStanding('passed', 'The lot was not sold');
    await expect(desk.by('running-order-lot').first()).toContainText('Passed');
  });

  await test.step('the next lot by the other console, any lot from the running order', async () => {
    await other.next('2');
    await desk.expectLot('2', 'open');
    await bidder.expectLot('2', 'open');
    await desk.floor('£500');
    await desk.act('sold', 's');
    await desk.by('sold-unnamed').focus();
    await desk.press('Enter');
    await desk.expectLot('2', 'closed');
    await desk.by('running-order-lot').nth(2).focus();
    await desk.press('Enter');
    await desk.expectLot('3', 'pending');
    await desk.act('open', 'o');
    for (const console of both) await console.expectLot('3', 'open');
    await bidder.expectLot('3', 'open');
  });
});

test('two consoles that press the same key at once bid once', async ({ house, people }) => {
  const sale = await house.sale();
  const desk = await people.console(sale);
  const other = await people.console(sale);
  await desk.begin();
  await other.expectLot('1', 'open');
  await expect(other.by('console-floor')).toContainText('Floor £500');
  for (const console of [desk, other]) await expect(console.by('console-floor')).toBeEnabled();

  await Promise.all([desk.press('Space'), other.press('Space')]);
  for (const console of [desk, other]) {
    await console.expectPrice('£500', 'Room');
    await expect(console.bids).toHaveCount(1);
    await expect(console.log.first()).toHaveAttribute('data-phase', /done|refused/);
  }
  const phases = await Promise.all(
    [desk, other].map((console) => console.log.first().getAttribute('data-phase')),
  );
  expect(phases.sort()).toEqual(['done', 'refused']);
});

test('a dialog stays with its lot while the other console goes on', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{}, { reserve_minor: 5_000_00 }, {}] });
  const desk = await people.console(sale);
  const other = await people.console(sale);
  const withdrawn = desk.by('console-notice');
  await desk.begin();
  await other.expectLot('1', 'open');

  await test.step('the lot is sold and the next one opened under the question', async () => {
    await desk.press('b');
    await desk.page.keyboard.type('500');
    await desk.press('Tab');
    await desk.page.keyboard.type('41');
    await desk.press('Enter');
    await other.expectPrice('£500', 'Room · Paddle 41');
    await desk.press('x');
    await expect(desk.by('confirm-dialog')).toContainText('Pass Lot 1?');
    await other.act('sold', 's');
    await other.expectLot('1', 'closed');
    await expect(desk.by('confirm-dialog')).toHaveCount(0);
    await expect(withdrawn).toHaveText('Lot 1 changed meanwhile: sold. Nothing was sent.');
    await other.next('2');
    await desk.expectLot('2', 'open');
    await desk.press('Enter', 'Enter');
    await other.act('floor', 'Space');
    for (const console of [desk, other]) {
      await console.expectPrice('£500', 'Room');
      await console.expectLot('2', 'open');
    }
    await expect(desk.by('running-order-lot').first()).toContainText('Sold £500');
  });

  await test.step('both act at once: a lot is passed or sold, and no other with it', async () => {
    await desk.act('pass', 'x');
    await expect(desk.by('confirm-dialog')).toContainText('Pass Lot 2?');
    await other.act('sold', 's');
    await expect(other.by('sold-unnamed')).toBeVisible();
    await other.by('sold-unnamed').focus();
    await Promise.all([desk.press('Enter'), other.press('Enter')]);
    for (const console of [desk, other]) await console.expectLot('2', 'closed');
    await expect(desk.by('confirm-dialog')).toHaveCount(0);
    await expect(other.by('sold-dialog')).toHaveCount(0);
    await other.next('3');
    await desk.expectLot('3', 'open');
  });

  await test.step('a bid under the question of Sold: nothing is sold at a price not seen', async () => {
    await other.floor('£500');
    await desk.expectPrice('£500', 'Room');
    await desk.act('sold', 's');
    await expect(desk.by('sold-confirm')).toHaveText(/Sold at £500/);
    await other.floor('£550');
    await expect(desk.by('sold-dialog')).toHaveCount(0);
    await expect(withdrawn).toContainText('Lot 3: the bidding went on, to £550. Nothing was sold');
    await desk.press('Enter');
    await desk.expectLot('3', 'open');
    await withdrawn.getByRole('button').click();
    await expect(withdrawn).toHaveCount(0);
  });

  await test.step('the end of the sale takes the rest away', async () => {
    await desk.act('pass', 'x');
    await desk.press('Enter');
    await other.expectLot('3', 'closed');
    await desk.act('message', 'm');
    await expect(desk.by('message-dialog')).toBeVisible();
    await other.act('end', 'e');
    await other.press('Enter');
    await expect(withdrawn).toContainText('The sale has ended meanwhile');
    await expect(desk.by('message-dialog')).toHaveCount(0);
  });
});

test('Sold says the price that the console shows', async ({ house, people }) => {
  const sale = await house.sale();
  const page = await people.page(STAFF, { viewport: { width: 1440, height: 900 } });
  const hammers: unknown[] = [];
  await page.routeWebSocket('**/ws/v1', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const message = JSON.parse(String(text)) as {
        command_id: string;
        command?: { kind: string };
      };
      if (message.command?.kind !== 'hammer' || hammers.push(message.command) > 1)
        return server.send(text);
      const now = { minimum_minor: 600_00, maximum_minor: 600_00 };
      const refusal = { code: 'price_moved', message: 'moved', ...now };
      const { command_id } = message;
      const answer = { type: 'command_refused', command_id, sale_id: sale.id, ...refusal };
      socket.send(JSON.stringify(answer));
    });
  });
  await page.goto(sale.console);
  const desk = new ConsoleDesk(page);
  await desk.ready();
  await desk.begin();
  await desk.floor('£500');
  await desk.floor('£550');
  for (const sold of ['refused', 'done'] as const) {
    await desk.act('sold', 's');
    await desk.by('sold-unnamed').click();
    await desk.expectLog(sold, 'Hammer at £550');
    if (sold === 'refused') {
      await desk.expectLog('refused', 'The price is £600 now, and nothing was sold');
      await desk.expectLot('1', 'open');
      const overPage = desk.by('console-refused');
      await expect(overPage).toBeHidden();
      await page.setViewportSize({ width: 390, height: 844 });
      await expect(desk.log.first()).not.toBeInViewport();
      await expect(overPage).toBeInViewport({ ratio: 1 });
      await expect(overPage).toContainText('Hammer at £550 — refused: The price is £600 now');
      await overPage.getByRole('button').click();
      await expect(overPage).toHaveCount(0);
    }
  }
  await desk.expectLot('1', 'closed');
  const lot_id = sale.lots[0]?.id;
  const command = { kind: 'hammer', lot_id, result: 'sold', price_minor: 550_00 };
  expect(hammers).toEqual([command, command]);
});

test('keys: shown on the buttons and in the help, without effect while it is open', async ({
  house,
  people,
}) => {
  const sale = await house.sale();
  const desk = await people.console(sale);
  await desk.begin();
  for (const [action, cap] of [
    ['floor', 'Space'],
    ['warn', 'F'],
    ['sold', 'S'],
    ['undo', 'U'],
    ['pause', 'K'],
    ['message', 'M'],
  ] as const) {
    await expect(desk.by(`console-${action}`).locator('kbd')).toHaveText(cap);
  }
  await desk.press('?');
  await expect(desk.by('help-dialog')).toContainText('Fair warning');
  await desk.press('f', 'k');
  await desk.dismiss();
  await expect(desk.by('help-dialog')).toHaveCount(0);
  await desk.expectLot('1', 'open');
  await desk.expectPrice('—', 'Nobody yet');
  await expect(desk.by('console-fair-warning')).toHaveCount(0);
});

test('who is there, and how many watch', async ({ house, people }) => {
  const sale = await house.sale();
  const desk = await people.console(sale);
  const bidder = await people.bidder(await house.bidder('Odo Pell', sale), sale);
  await desk.by('console-tab-people').click();
  await expect(desk.by('console-online')).toContainText('Odo Pell');
  await expect(desk.by('console-watchers')).toHaveText(/^[2-9] viewers$/);
  await bidder.page.close();
  await expect(desk.by('console-online')).not.toContainText('Odo Pell');
});

test('no command before the console is connected, nor while the line is broken', async ({
  house,
  people,
}) => {
  const sale = await house.sale();
  const { desk, up, cut } = await onAHeldLine(people, sale);
  const expectOff = async (...actions: string[]) => {
    for (const action of actions) await expect(desk.by(`console-${action}`)).toBeDisabled();
  };

  await test.step('not connected yet', async () => {
    await expect(desk.by('console')).toBeVisible();
    await expect(desk.by('connection')).toHaveAttribute('data-phase', 'connecting');
    await expectOff('start', 'message', 'floor', 'absentee');
    await expect(desk.by('console-floor')).toContainText('Connecting…');
    await expect(desk.by('console-hint')).toContainText('work once the console is connected');
    await desk.press('g', 'm');
    await expect(desk.by('announce-now')).toContainText('The command was not sent');
    await expect(desk.by('message-dialog')).toHaveCount(0);
    await expect(desk.log).toHaveCount(0);
    await desk.press('?');
    await expect(desk.by('help-dialog')).toBeVisible();
    await desk.dismiss();
  });

  await test.step('connected', async () => {
    up();
    await desk.ready();
    await expect(desk.by('console-hint')).toContainText('“Start the sale” (G)');
    await desk.begin();
    await desk.floor('£500');
  });

  await test.step('the line breaks while an amount is typed', async () => {
    await desk.press('b');
    await desk.by('dialog-amount').fill('700');
    const answered = await desk.log.count();
    cut();
    await expect(desk.by('dialog-offline')).toContainText('No connection');
    await expect(desk.by('dialog-enter')).toBeDisabled();
    await desk.press('Enter');
    await expect(desk.by('dialog-amount')).toHaveValue('700');
    await desk.dismiss();
    await expectOff('floor', 'warn', 'sold', 'undo', 'pause', 'pass', 'message', 'end', 'retract');
    await expect(desk.by('console-floor')).toContainText(/Connection lost|Connecting…/);
    await expect(desk.by('connection-notice')).toContainText('Commands and keys do nothing');
    await desk.press('Space', 'f', 's', 'u', 'k');
    await expect(desk.log).toHaveCount(answered);
    await desk.expectPrice('£500', 'Room');
  });

  await test.step('and is back', async () => {
    up();
    await desk.by('connection-notice').getByRole('button').click();
    await desk.ready();
    await expect(desk.by('connection-notice')).toHaveCount(0);
    await desk.floor('£550');
    await desk.expectLot('1', 'open');
    await expect(desk.by('console-fair-warning')).toHaveCount(0);
  });
});
