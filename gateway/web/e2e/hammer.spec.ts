/** Fair warning, and a hammer that waits for bids under way: "sold" is said when it has fallen. */
import { ConsoleDesk } from './support/console';
import { STAFF } from './support/house';
import { expect, test } from './support/test';

const WINDOW_MS = 2_000;

/**
 * Writes down what the board says, change by change, and lifts the hammer at once if told to: the
 * window is too short to look around in.
 */
async function watch(desk: ConsoleDesk, lift: boolean): Promise<() => Promise<string[]>> {
  await desk.page.evaluate((lift) => {
    const seen: string[] = [];
    const by = (id: string) => document.querySelector(`[data-testid="${id}"]`);
    const look = () => {
      const words = [by('console-lot')?.getAttribute('data-state')];
      const hammer = by('console-hammer');
      if (hammer) words.push(hammer.querySelector('p')?.textContent?.trim());
      if (by('console-sold-call')) words.push('Sold');
      const now = words.join(', ');
      if (seen.at(-1) === now) return;
      seen.push(now);
      const key = new KeyboardEvent('keydown', { code: 'KeyH', key: 'h', bubbles: true });
      if (hammer && lift) document.body.dispatchEvent(key);
    };
    const all = { subtree: true, childList: true, attributes: true };
    new MutationObserver(look).observe(document.body, all);
    look();
    Object.assign(window, { seen });
  }, lift);
  return () => desk.page.evaluate(() => (window as unknown as { seen: string[] }).seen.splice(0));
}

test('struck, lifted, struck again and fallen', async ({ house, people }) => {
  const sale = await house.sale({
    lots: [{ rules: { version: 2, hammer_window_ms: WINDOW_MS } }, {}],
  });
  const bidder = await people.bidder(await house.bidder('Siri Holm', sale), sale);
  const desk = await people.console(sale);
  const other = await people.console(sale);
  await desk.begin();
  await bidder.tap('£500');
  await desk.expectPrice('£500');

  await test.step('the other console lifts it, and nobody has said sold', async () => {
    const logs = [await watch(desk, false), await watch(other, true)];
    await desk.act('sold', 's');
    for (const console of [desk, other]) {
      await expect(console.by('console-lifted')).toContainText('Lot 1: the hammer was lifted');
      await expect(console.by('console-hammer')).toHaveCount(0);
      await console.expectLot('1', 'open');
    }
    for (const log of logs) {
      expect(await log()).toEqual(['open', 'open, Hammer struck', 'open']);
    }
    await expect(desk.log.filter({ hasText: 'Hammer at £500 — struck' })).toBeVisible();
    await desk.floor('£550');
    await expect(desk.by('console-lifted')).toBeVisible();
  });

  await test.step('it falls by itself, and only then everybody says sold', async () => {
    // Nobody lifts it any more.
    for (const console of [desk, other]) {
      await console.page.reload();
      await console.ready();
    }
    const log = await watch(desk, false);
    await desk.act('sold', 's');
    await desk.by('sold-unnamed').click();
    for (const console of [desk, other]) {
      await console.expectLot('1', 'closed');
      await expect(console.by('console-sold-call')).toHaveText('Sold');
      await console.expectPrice('£550', 'to the room');
      await expect(console.by('console-lifted')).toHaveCount(0);
    }
    expect(await log()).toEqual(['open', 'open, Hammer struck', 'closed, Sold']);
    await bidder.expectStanding('lost');
  });
});

test('a bid that lifts the hammer is told loudly', async ({ house, people }) => {
  const sale = await house.sale({
    lots: [{ rules: { version: 2, hammer_window_ms: WINDOW_MS } }],
  });
  const page = await people.page(STAFF, { viewport: { width: 1440, height: 900 } });
  // Such a bid must arrive within a few milliseconds; the lifting is real, and only its reason is not.
  await page.routeWebSocket('**/ws/v1', (socket) => {
    socket.connectToServer().onMessage((message) => {
      socket.send(String(message).replace('"by_bid":false', '"by_bid":true'));
    });
  });
  await page.goto(sale.console);
  const desk = new ConsoleDesk(page);
  await desk.ready();
  await desk.begin();
  await desk.floor('£500');
  await desk.act('sold', 's');
  await watch(desk, true);
  await desk.by('sold-unnamed').click();
  const lifted = desk.by('console-lifted');
  await expect(lifted).toHaveText(
    'Lot 1: a bid was made before the hammer could be heard. Not sold; bidding goes on at £500.',
  );
  await expect(page.getByRole('alert').filter({ hasText: 'Not sold' })).toBeVisible();
  await desk.floor('£550');
  await expect(lifted).toBeVisible();
  await lifted.getByRole('button').click();
  await expect(lifted).toHaveCount(0);
  await desk.expectLot('1', 'open');
});

test('the console says how many have the fair warning on display', async ({ house, people }) => {
  const sale = await house.sale({ lots: [{}] });
  const bidder = await people.bidder(await house.bidder('Liv Aune', sale), sale);
  const desk = await people.console(sale);
  await desk.begin();
  await bidder.expectLot('1', 'open');
  await desk.act('warn', 'f');
  await expect(bidder.by('fair-warning')).toBeVisible();
  const seen = desk.by('console-warning-seen');
  await expect(seen).toHaveAttribute('data-seen', '1');
  await expect(seen).toHaveAttribute('data-online', '1');
  await expect(seen).toHaveText(
    /^seen by 1 of 1 online · median \d+\.\d\d\s?s · 95 % \d+\.\d\d\s?s$/,
  );
  await bidder.tap('£500');
  await expect(seen).toHaveCount(0);
});
