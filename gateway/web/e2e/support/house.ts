/** What a house prepares before its sale, over REST as any program would. */
import type { BidView, Lot, Registration, Rules, Sale, Session } from '../../src/api/resources';
import { Gavel, type Staff } from './gavel';

export const PASSWORD = 'correct horse battery';
export const STAFF: Staff = { name: 'hammer', password: PASSWORD };

/** £50 a step, £100 from £1,000. */
const INCREMENTS = [
  { from_minor: 0, step_minor: 50_00 },
  { from_minor: 1_000_00, step_minor: 100_00 },
];

export interface SaleSpec {
  starts_in_ms?: number;
  kind?: 'room' | 'timed';
  auto_approve?: boolean;
  book_visibility?: 'hidden' | 'counts' | 'full';
  lots?: LotSpec[];
}

export interface LotSpec {
  title?: string;
  opening_minor?: number;
  reserve_minor?: number | null;
  closes_at_ms?: number | null;
  soft_close?: { window_ms: number; extend_ms: number; max_extensions: number | null } | null;
  picture?: boolean;
  /** Beside or instead of the above, as in the API. */
  rules?: Partial<Rules>;
}

/** A published sale. */
export interface OpenSale {
  id: string;
  title: string;
  lots: Lot[];
  path: string;
  console: string;
}

export interface Account {
  name: string;
  display_name: string;
  password: string;
  token: string;
}

export interface Bidder extends Account {
  paddle: number;
}

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1000">
  <rect width="800" height="1000" fill="#d9cdb8"/><circle cx="400" cy="430" r="230" fill="#7a3b2e"/>
  <rect y="700" width="800" height="300" fill="#3d4a45"/></svg>`;

export class House {
  #count = 0;
  #staffToken = '';

  private constructor(readonly gavel: Gavel) {}

  static async open(): Promise<House> {
    const house = new House(await Gavel.serve(STAFF));
    const session = await house.call<Session>('POST', '/auth/sign-in', null, STAFF);
    house.#staffToken = session.access_token;
    return house;
  }

  get url(): string {
    return this.gavel.url;
  }

  /** An access token of the auctioneer. */
  get staffToken(): string {
    return this.#staffToken;
  }

  /** The bids of a lot as their own bidder, or staff, may read them. */
  async bids(sale: OpenSale, lotId: string, token: string): Promise<BidView[]> {
    const path = `/sales/${sale.id}/lots/${lotId}/bids`;
    return (await this.call<{ bids: BidView[] }>('GET', path, token)).bids;
  }

  async call<T>(
    method: string,
    path: string,
    token: string | null,
    body: unknown = undefined,
    type = 'application/json',
  ): Promise<T> {
    const headers: Record<string, string> = {};
    if (token) headers['authorization'] = `Bearer ${token}`;
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      headers['content-type'] = type;
      init.body = typeof body === 'string' ? body : JSON.stringify(body);
    }
    const response = await fetch(`${this.url}/api/v1${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** A sale of three lots unless told otherwise, published and not yet begun. */
  async sale(spec: SaleSpec = {}): Promise<OpenSale> {
    const sale = await this.draft(spec);
    return { ...sale, lots: await this.publish(sale) };
  }

  async publish({ id }: { id: string }): Promise<Lot[]> {
    return (await this.#asStaff<Sale>('POST', `/sales/${id}/publish`, {})).lots;
  }

  /** The same, not published yet. */
  async draft(spec: SaleSpec = {}): Promise<Omit<OpenSale, 'lots'>> {
    this.#count += 1;
    const title = `Evening Sale ${this.#count}`;
    const { id } = await this.#asStaff<Sale>('POST', '/sales', {
      title,
      description: 'Paintings and works on paper from three private collections.',
      location: 'London',
      kind: spec.kind ?? 'room',
      currency: 'GBP',
      starts_at_ms: Date.now() + (spec.starts_in_ms ?? 3_600_000),
      auto_approve: spec.auto_approve ?? true,
      book_visibility: spec.book_visibility ?? 'full',
    });
    for (const [index, lot] of (spec.lots ?? [{}, {}, {}]).entries()) {
      const { id: lotId } = await this.#asStaff<Lot>(
        'POST',
        `/sales/${id}/lots`,
        lotInput(index + 1, lot),
      );
      if (lot.picture) {
        const path = `/sales/${id}/lots/${lotId}/picture`;
        await this.call('PUT', path, this.#staffToken, PICTURE, 'image/svg+xml');
      }
    }
    return { id, title, path: `/sales/${id}`, console: `/console/${id}` };
  }

  async account(displayName: string): Promise<Account> {
    this.#count += 1;
    const letters = displayName.toLowerCase().replace(/[^a-z]/g, '');
    const name = `${letters.slice(0, 20)}-${this.#count}`;
    const account = { name, display_name: displayName, password: PASSWORD };
    const session = await this.call<Session>('POST', '/auth/sign-up', null, account);
    return { ...account, token: session.access_token };
  }

  /** An account with a paddle. */
  async bidder(displayName: string, sale: OpenSale): Promise<Bidder> {
    const account = await this.account(displayName);
    return { ...account, paddle: await this.register(account, sale) };
  }

  /** The paddle. */
  async register(account: Account, sale: OpenSale): Promise<number> {
    const path = `/sales/${sale.id}/registrations`;
    return (await this.call<Registration>('POST', path, account.token, {})).paddle;
  }

  /** How far the bidder with this paddle may be bound in a sale at once. */
  async limit(sale: OpenSale, paddle: number, limit_minor: number): Promise<void> {
    const path = `/sales/${sale.id}/registrations`;
    const { registrations } = await this.#asStaff<{ registrations: Registration[] }>('GET', path);
    const user = registrations.find((registration) => registration.paddle === paddle);
    await this.#asStaff('PUT', `${path}/${user?.user_id}/limit`, { limit_minor });
  }

  #asStaff<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.call<T>(method, path, this.#staffToken, body);
  }
}

function lotInput(number: number, lot: LotSpec) {
  const opening = lot.opening_minor ?? 500_00;
  return {
    number: String(number),
    title: lot.title ?? `Still Life with Quinces, No. ${number}`,
    artist: 'Ansel Thorburn-Vey (1871–1940)',
    description: 'Oil on panel, signed lower left.\n\nProvenance\nPrivate collection, Riga',
    estimate_low_minor: opening * 2,
    estimate_high_minor: opening * 3,
    seller_id: null,
    rules: {
      version: 2,
      format: 'english',
      opening_price_minor: opening,
      increments: INCREMENTS,
      reserve_price_minor: lot.reserve_minor ?? null,
      reserve_rule: 'hold',
      tie_rule: 'earliest',
      off_increment: 'accept',
      closes_at_ms: lot.closes_at_ms ?? null,
      soft_close: lot.soft_close ?? null,
      // The hammer falls when it is struck.
      hammer_window_ms: 0,
      seller: null,
      ...lot.rules,
    },
  };
}
