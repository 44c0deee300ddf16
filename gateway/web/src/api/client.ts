/** REST calls: JSON in, JSON out, errors as problem details (RFC 9457). */
import type {
  About,
  BidView,
  Credit,
  LotResult,
  Problem,
  Registration,
  Sale,
  SaleSummary,
  Session,
} from './resources';
import type { User } from '../wire/messages';

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: readonly { field: string; message: string }[] = [],
    readonly retryAfterS: number | null = null,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** Whatever was thrown, as something that has a code. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, 'unknown', '');
}

export interface ApiDeps {
  fetch: typeof fetch;
  /** The access token to send; `fresh` when the server refused the last one. Null: none. */
  token(fresh: boolean): Promise<string | null>;
}

type Method = 'GET' | 'POST' | 'PUT';

export class Api {
  readonly #deps: ApiDeps;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  about = () => this.#call<About>('GET', '/about', { auth: false });
  sales = () => this.#call<{ sales: SaleSummary[] }>('GET', '/sales').then((r) => r.sales);
  sale = (id: string) => this.#call<Sale>('GET', `/sales/${id}`);
  bids = (saleId: string, lotId: string) =>
    this.#call<{ bids: BidView[] }>('GET', `/sales/${saleId}/lots/${lotId}/bids`).then(
      (r) => r.bids,
    );
  results = (saleId: string) =>
    this.#call<{ results: LotResult[] }>('GET', `/sales/${saleId}/results`).then((r) => r.results);

  register = (saleId: string) => this.#call<Registration>('POST', `/sales/${saleId}/registrations`);
  /** For all sales, the latest sale first. */
  myRegistrations = () => this.#registrations('/me/registrations');
  registrations = (saleId: string) => this.#registrations(`/sales/${saleId}/registrations`);
  approve = (saleId: string, userId: string) =>
    this.#call<Registration>('POST', `/sales/${saleId}/registrations/${userId}/approve`);
  /** No further bids; those on lots that have not closed are taken back only if asked for. */
  suspend = (saleId: string, userId: string, retractBids: boolean) =>
    this.#call<Registration>(
      'POST',
      `/sales/${saleId}/registrations/${userId}/suspend?retract_bids=${retractBids}`,
    );

  /** Null: without bound. */
  setLimit = (saleId: string, userId: string, limitMinor: number | null) =>
    this.#call<Registration>('PUT', `/sales/${saleId}/registrations/${userId}/limit`, {
      body: { limit_minor: limitMinor },
    });
  credit = (userId: string, currency: string) =>
    this.#call<Credit>('GET', `/users/${userId}/credit/${currency}`);

  signIn = (name: string, password: string) =>
    this.#call<Session>('POST', '/auth/sign-in', { auth: false, body: { name, password } });
  signUp = (account: SignUp) =>
    this.#call<Session>('POST', '/auth/sign-up', { auth: false, body: account });
  refresh = () => this.#call<Session>('POST', '/auth/refresh', { auth: false, body: {} });
  signOut = () => this.#call<void>('POST', '/auth/sign-out', { auth: false, body: {} });
  me = () => this.#call<User>('GET', '/auth/me');

  #registrations(path: string): Promise<Registration[]> {
    return this.#call<{ registrations: Registration[] }>('GET', path).then((r) => r.registrations);
  }

  async #call<T>(
    method: Method,
    path: string,
    options: { auth?: boolean; body?: unknown } = {},
  ): Promise<T> {
    const withToken = options.auth ?? true;
    const first = await this.#send(method, path, options.body, withToken, false);
    if (first.ok) return read<T>(first);
    const error = await failure(first);
    const stale = error.status === 401 && error.code.startsWith('token_');
    if (!withToken || !stale) throw error;
    const second = await this.#send(method, path, options.body, true, true);
    if (second.ok) return read<T>(second);
    throw await failure(second);
  }

  async #send(method: Method, path: string, body: unknown, auth: boolean, fresh: boolean) {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const token = auth ? await this.#deps.token(fresh) : null;
    if (token) headers['authorization'] = `Bearer ${token}`;
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      return await this.#deps.fetch(`/api/v1${path}`, init);
    } catch {
      throw new ApiError(0, 'offline', 'The server cannot be reached.');
    }
  }
}

export interface SignUp {
  name: string;
  display_name: string;
  email?: string;
  password: string;
  locale: 'en' | 'ru';
}

export function pictureUrl(saleId: string, lotId: string): string {
  return `/api/v1/sales/${saleId}/lots/${lotId}/picture`;
}

async function read<T>(response: Response): Promise<T> {
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function failure(response: Response): Promise<ApiError> {
  const retry = Number(response.headers.get('retry-after'));
  const retryAfterS = Number.isFinite(retry) && retry > 0 ? retry : null;
  try {
    const problem = (await response.json()) as Partial<Problem>;
    const code = problem.code ?? 'unknown';
    const detail = problem.detail ?? problem.title ?? '';
    return new ApiError(response.status, code, detail, problem.fields, retryAfterS);
  } catch {
    const code = response.status >= 500 ? 'unavailable' : 'unknown';
    return new ApiError(response.status, code, response.statusText, [], retryAfterS);
  }
}
