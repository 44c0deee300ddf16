/** Languages, light and dark, and what assistive technology needs. */
import { expectAccessible } from './support/accessible';
import { expect, test } from './support/test';

test('Russian: chosen, complete, remembered', async ({ house, people }) => {
  const sale = await house.sale();
  const bidder = await people.bidder(await house.bidder('Rika Vale', sale), sale);
  const desk = await people.console(sale);
  await desk.begin();
  await bidder.tap('£500');
  await bidder.expectStanding('leading', 'You lead');

  await bidder.by('language-ru').click();
  await bidder.expectStanding('leading', 'Вы лидируете');
  await expect(bidder.price).toHaveText(/^500\s£$/);
  await expect(bidder.page.locator('html')).toHaveAttribute('lang', 'ru');
  await bidder.page.reload();
  await bidder.expectStanding('leading', 'Вы лидируете');
  await expect(bidder.page.getByRole('heading', { name: 'Каталог' })).toBeVisible();

  await desk.floor('£550');
  await bidder.expectStanding('outbid', 'Вашу ставку перебили');
  await expect(bidder.button).toHaveText(/600\s£$/);

  await desk.by('language-ru').click();
  await expect(desk.by('console-warn')).toContainText('Предупреждение');
  // The keys keep their places.
  await desk.press('f');
  await expect(bidder.by('fair-warning')).toHaveText('Последнее предупреждение');
  await bidder.by('language-en').click();
  await bidder.expectStanding('outbid', 'You have been outbid');
});

test('a browser in Russian starts in Russian', async ({ people }) => {
  const page = await people.page(null, { locale: 'ru-RU' });
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Аукционы');
});

test('light and dark follow the system until one is chosen', async ({ people }) => {
  const page = await people.page(null);
  await page.goto('/');
  // Where it is not known there would be no colour at all.
  const styles = await page.evaluate(async () => {
    const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')];
    return Promise.all(links.map(async ({ href }) => (await fetch(href)).text()));
  });
  expect(styles.join()).toContain('--bg:');
  expect(styles.join()).not.toContain('light-dark(');
  const brightness = () =>
    page.evaluate(() => {
      const [r = 0, g = 0, b = 0] =
        getComputedStyle(document.body)
          .backgroundColor.match(/\d+(\.\d+)?/g)
          ?.map(Number) ?? [];
      return r + g + b > 384 ? 'light' : 'dark';
    });
  await expect.poll(brightness).toBe('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(brightness).toBe('dark');
  await page.getByTestId('theme-toggle').click();
  await expect.poll(brightness).toBe('light');
  await page.reload();
  await expect.poll(brightness).toBe('light');
  await page.getByTestId('theme-toggle').click();
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(brightness).toBe('dark');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`nothing in the way of assistive technology, ${colorScheme}`, async ({ house, people }) => {
    const still = { colorScheme, reducedMotion: 'reduce' } as const;
    const sale = await house.sale({ lots: [{ reserve_minor: 900_00, picture: true }, {}, {}] });
    const upcoming = await house.sale();
    const bidder = await people.bidder(await house.bidder('Sten Aho', sale), sale, still);
    const desk = await people.console(sale, still);
    const { page } = bidder;

    await desk.begin();
    await bidder.tap('£500');
    await bidder.expectStanding('leading');
    await desk.press('f');
    await expect(bidder.by('fair-warning')).toBeVisible();
    await expectAccessible(page, 'leading under fair warning');
    await expectAccessible(desk.page, 'the console under fair warning');
    await desk.act('undo', 'u');
    await desk.expectForesight('leader', /Online/, 'Nobody yet');
    await expect(desk.by('dialog-confirm')).toBeEnabled();
    await expectAccessible(desk.page, 'what an undo would bring');
    await desk.dismiss();
    await desk.act('group', 'c');
    await expect(desk.by('group-combined')).toBeFocused();
    await expectAccessible(desk.page, 'lots to offer together');
    await desk.dismiss();
    await desk.by('console-tab-people').click();
    await desk.by('console-suspend').click();
    await expect(desk.by('suspend-stand')).toBeFocused();
    await expectAccessible(desk.page, 'what becomes of the bids of a suspended bidder');
    await desk.dismiss();
    await desk.by('console-tab-history').click();
    await desk.floor('£550');
    await bidder.expectStanding('outbid');
    await expectAccessible(page, 'outbid');
    await desk.act('sold', 's');
    await expect(desk.by('sold-dialog')).toBeVisible();
    await expectAccessible(desk.page, 'the question before a sale below the reserve');
    await desk.by('sold-unnamed').click();
    await bidder.expectStanding('lost');
    await expectAccessible(page, 'lost');

    for (const path of ['/', upcoming.path, '/my', `${sale.path}/lots/${sale.lots[0]?.id}`]) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByText('Loading…', { exact: true })).toHaveCount(0);
      await expectAccessible(page, path);
    }
    const guest = await people.page(null, still);
    for (const path of ['/sign-in', '/sign-up']) {
      await guest.goto(path);
      await expect(guest.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(guest, path);
    }
  });
}
