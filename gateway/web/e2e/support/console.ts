/** The console, run by its keys. */
import { expect, type Locator, type Page } from '@playwright/test';

export class ConsoleDesk {
  readonly lot: Locator;
  readonly price: Locator;
  readonly leader: Locator;
  readonly ask: Locator;
  readonly bids: Locator;
  readonly log: Locator;

  constructor(readonly page: Page) {
    this.lot = page.getByTestId('console-lot');
    this.price = page.getByTestId('console-price');
    this.leader = page.getByTestId('console-leader');
    this.ask = page.getByTestId('console-ask-price');
    this.bids = page.getByTestId('console-bid');
    this.log = page.getByTestId('console-log-entry');
  }

  by(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async ready(): Promise<void> {
    await expect(this.by('connection')).toHaveAttribute('data-phase', 'online');
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Presses a key once what it does is offered. */
  async act(action: string, key: string): Promise<void> {
    await expect(this.by(`console-${action}`)).toBeEnabled();
    await this.press(key);
  }

  /** Puts a dialog away; the keys are the console's again when it is gone. */
  async dismiss(): Promise<void> {
    await this.press('Escape');
    await expect(this.page.locator('dialog')).toHaveCount(0);
  }

  /** Starts the sale and opens the first lot. */
  async begin(): Promise<void> {
    await this.act('start', 'g');
    await this.next('1');
  }

  async next(number: string): Promise<void> {
    await this.act('next', 'n');
    await this.expectLot(number, 'open');
  }

  async expectLot(number: string, state: 'pending' | 'open' | 'paused' | 'closed') {
    await expect(this.lot).toHaveAttribute('data-lot', number);
    await expect(this.lot).toHaveAttribute('data-state', state);
  }

  async expectPrice(price: string, leader?: string) {
    await expect(this.price).toHaveText(price);
    if (leader !== undefined) await expect(this.leader).toHaveText(leader);
  }

  /** Confirms the dialog, once what it would bring has been shown. */
  async confirm(): Promise<void> {
    await expect(this.by('dialog-confirm')).toBeEnabled();
    await this.press('Enter');
  }

  /** Takes the last bid back, having looked at what that brings. */
  async undo(): Promise<void> {
    await this.act('undo', 'u');
    await this.confirm();
  }

  /** What would change, as "aspect: before → after". */
  async expectForesight(aspect: string, before: string | RegExp, after: string) {
    const row = this.by(`foresight-${aspect}`);
    await expect(row).toHaveAttribute('data-changed', 'true');
    await expect(row.getByRole('cell').first()).toHaveText(before);
    await expect(row.getByRole('cell').last()).toHaveText(after);
  }

  /** A lot in the running order. */
  inOrder(number: string): Locator {
    return this.page.locator(`[data-testid="running-order-lot"][data-lot="${number}"]`);
  }

  /** What the newest command came to. */
  async expectLog(phase: 'done' | 'refused', text: string) {
    await expect(this.log.first()).toContainText(text);
    await expect(this.log.first()).toHaveAttribute('data-phase', phase);
  }

  /** A bid of the room at the ask; the price may end above it when the book answers. */
  async floor(ask: string, price = ask): Promise<void> {
    await expect(this.by('console-floor')).toContainText(`Floor ${ask}`);
    await this.act('floor', 'Space');
    await expect(this.price).toHaveText(price);
  }
}
