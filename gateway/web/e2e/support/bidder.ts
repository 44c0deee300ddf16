/** What a bidder sees and does on the page of a sale or lot. */
import { expect, type Locator, type Page } from '@playwright/test';

export type Standing =
  'leading' | 'outbid' | 'won' | 'lost' | 'passed' | 'absentee' | 'sealed' | 'retracted';

export class BidderView {
  readonly stage: Locator;
  readonly price: Locator;
  readonly leader: Locator;
  readonly button: Locator;
  readonly standing: Locator;
  readonly fate: Locator;
  readonly rows: Locator;
  readonly connection: Locator;

  constructor(readonly page: Page) {
    this.stage = page.getByTestId('lot-stage');
    this.price = page.getByTestId('current-price');
    this.leader = page.getByTestId('leader');
    this.button = page.getByTestId('bid-button');
    this.standing = page.getByTestId('standing');
    this.fate = page.getByTestId('bid-fate');
    this.rows = page.getByTestId('history-row');
    this.connection = page.getByTestId('connection');
  }

  by(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  /** One tap on the button, which offers this. */
  async tap(amount: string): Promise<void> {
    await expect(this.button).toHaveText(`Bid ${amount}`);
    await this.button.click();
  }

  async enter(field: `${'own' | 'max' | 'absentee' | 'sealed'}-amount`, amount: string) {
    await this.by(field).fill(amount);
    await this.by(`${field}-submit`).click();
  }

  async expectLot(number: string, state: 'pending' | 'open' | 'paused' | 'closed') {
    await expect(this.stage).toHaveAttribute('data-lot', number);
    await expect(this.stage).toHaveAttribute('data-state', state);
  }

  async expectPrice(price: string, leader?: 'you' | 'room' | 'phone' | 'online' | 'nobody') {
    await expect(this.price).toHaveText(price);
    if (leader) await expect(this.leader).toHaveAttribute('data-who', leader);
  }

  /** The banner, in sight without scrolling, with these words. */
  async expectStanding(standing: Standing, ...words: string[]) {
    await expect(this.standing).toHaveAttribute('data-standing', standing);
    for (const text of words) await expect(this.standing).toContainText(text);
    await expect(this.standing).toBeInViewport({ ratio: 1 });
  }

  /** That they lead: one statement where the button was, and nothing else on the page that says it. */
  async expectLead(...words: string[]) {
    await this.expectStanding('leading', 'You lead', ...words);
    const said = this.page.getByRole('main').getByText('You lead');
    await expect(said.filter({ visible: true })).toHaveCount(1);
    await expect(this.leader).toBeHidden();
    await expect(this.button).toHaveCount(0);
  }

  /** Newest first, as "who price". */
  async expectHistory(...bids: [who: string, price: string][]) {
    await expect(this.rows).toHaveCount(bids.length);
    for (const [index, [who, price]] of bids.entries()) {
      const row = this.rows.nth(index);
      await expect(row).toContainText(who);
      await expect(row.getByRole('cell').last()).toHaveText(price);
    }
  }
}
