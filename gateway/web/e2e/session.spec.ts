/** Sessions: one account in several tabs, wrong passwords, signing out. */
import { expect, test } from './support/test';

test('two tabs that refresh at the same moment stay signed in', async ({ house, people }) => {
  const sale = await house.sale();
  const first = await people.page(await house.bidder('Kaja Orr', sale));
  const second = await first.context().newPage();
  people.listen(second);
  const tabs = [first, second];
  await Promise.all(tabs.map((tab) => tab.goto(sale.path)));
  // Each load trades the cookie for a new one; the old one, used twice, would end the session.
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(tabs.map((tab) => tab.reload()));
    for (const tab of tabs) {
      await expect(tab.getByTestId('account')).toContainText('Kaja Orr');
      await expect(tab.getByTestId('paddle')).toHaveText('Paddle 1001');
      await expect(tab.getByTestId('sign-in-link')).toHaveCount(0);
    }
  }

  await test.step('signing out in one signs out in both', async () => {
    await first.getByTestId('account').click();
    await first.getByTestId('sign-out').click();
    for (const tab of tabs) await expect(tab.getByTestId('sign-in-link')).toBeVisible();
    await second.reload();
    await expect(second.getByTestId('sign-in-link')).toBeVisible();
  });
});

test('what cannot sign in or up says why', async ({ house, people }) => {
  people.expectComplaints(/status of 4(01|09|22)/);
  const taken = await house.account('Lars Ude');
  const page = await people.page(null);
  await page.goto('/sign-in');
  await page.getByLabel('User name').fill(taken.name);
  await page.getByLabel('Password', { exact: true }).fill('wrong horse battery');
  await page.getByTestId('sign-in').click();
  await expect(page.getByTestId('form-error')).toHaveText(
    'The user name or the password is wrong.',
  );

  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').fill('Somebody Else');
  await page.getByLabel('User name').fill(taken.name);
  await page.getByLabel('Password', { exact: true }).fill(taken.password);
  await page.getByTestId('sign-up').click();
  await expect(page.getByTestId('form-error')).toHaveText('This user name is taken.');

  // What a field may hold is said in the reader's language, not the server's.
  await page.getByLabel('User name').fill('Zoë Ude');
  await page.getByTestId('sign-up').click();
  await expect(page.locator('#name-error')).toContainText('3 to 32 of the letters');
  await page.getByTestId('language-ru').click();
  await expect(page.locator('#name-error')).toContainText('латинские буквы');
});

test('the console is for the staff', async ({ house, people }) => {
  const sale = await house.sale();
  const page = await people.page(await house.bidder('Mara Ilves', sale));
  await page.goto(sale.console);
  await expect(page.getByTestId('console-forbidden')).toContainText('for the auctioneer');
  const guest = await people.page(null);
  for (const path of [sale.console, '/my']) {
    await guest.goto(path);
    await expect(guest.getByTestId('sign-in')).toBeVisible();
    await expect(guest).toHaveURL(`/sign-in?next=${encodeURIComponent(path)}`);
  }
});
