/** One node for each worker, and people who come to it in browsers of their own. */
import { test as base, type BrowserContextOptions, type Page } from '@playwright/test';
import { House, STAFF, type Account, type OpenSale } from './house';
import { ConsoleDesk } from './console';
import { BidderView } from './bidder';
import { Rostrum } from './rostrum';

export { expect } from '@playwright/test';

type Credentials = Pick<Account, 'name' | 'password'>;

export class People {
  readonly #complaints: string[] = [];
  readonly #closers: (() => Promise<void>)[] = [];
  /** What the browser may complain about. */
  readonly #expected: RegExp[] = [];

  constructor(
    readonly house: House,
    readonly newPage: (options: BrowserContextOptions) => Promise<Page>,
  ) {}

  get url(): string {
    return this.house.url;
  }

  /** A page in a browser of its own, signed in as somebody or as a guest, and still empty. */
  async page(who: Credentials | null, options: BrowserContextOptions = {}): Promise<Page> {
    const storageState = {
      cookies: [],
      // What the app keeps to tell returning users from guests.
      origins: [
        {
          origin: this.url,
          localStorage: who ? [{ name: 'gavel.returning', value: '1' }] : [],
        },
      ],
    };
    const page = await this.newPage({ baseURL: this.url, storageState, ...options });
    this.#closers.push(() => page.context().close());
    if (who) {
      const { name, password } = who;
      const signedIn = await page.request.post('/api/v1/auth/sign-in', {
        data: { name, password },
      });
      if (!signedIn.ok()) throw new Error(`${name} cannot sign in: ${await signedIn.text()}`);
    }
    this.listen(page);
    return page;
  }

  /** Errors in a page fail the test. */
  listen(page: Page): void {
    page.on('pageerror', (error) => this.#complaints.push(String(error.stack ?? error)));
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      this.#complaints.push(`${message.text()} (${message.location().url})`);
    });
  }

  expectComplaints(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  async bidder(
    who: Credentials | null,
    sale: OpenSale,
    options: BrowserContextOptions = {},
  ): Promise<BidderView> {
    const page = await this.page(who, options);
    await page.goto(sale.path);
    return new BidderView(page);
  }

  async console(sale: OpenSale, options: BrowserContextOptions = {}): Promise<ConsoleDesk> {
    const page = await this.page(STAFF, { viewport: { width: 1440, height: 900 }, ...options });
    await page.goto(sale.console);
    const desk = new ConsoleDesk(page);
    await desk.ready();
    return desk;
  }

  /** The auctioneer without a console: commands are sent as they are. */
  async rostrum(sale: OpenSale): Promise<Rostrum> {
    return Rostrum.open(await this.page(null), sale, this.house.staffToken);
  }

  async leave(): Promise<void> {
    for (const close of this.#closers) await close();
    const unexpected = this.#complaints.filter(
      (complaint) => !this.#expected.some((pattern) => pattern.test(complaint)),
    );
    if (unexpected.length > 0) throw new Error(`The pages complain:\n${unexpected.join('\n')}`);
  }
}

export const test = base.extend<{ people: People }, { house: House }>({
  house: [
    async ({}, use) => {
      const house = await House.open();
      await use(house);
      await house.gavel.dispose();
    },
    { scope: 'worker' },
  ],
  people: async (
    { browser, house, contextOptions, locale, timezoneId, colorScheme, viewport },
    use,
  ) => {
    const common = { ...contextOptions, locale, timezoneId, colorScheme, viewport };
    const people = new People(house, async (options) => {
      const context = await browser.newContext({ ...common, ...options } as BrowserContextOptions);
      return context.newPage();
    });
    await use(people);
    await people.leave();
  },
});
