/**
 * Who is signed in. The access token lives in this module's memory only; the refresh token is an
 * HttpOnly cookie that no script sees.
 */
import type { AccessToken } from '../wire/socket';
import type { Session } from './resources';
import type { User } from '../wire/messages';
import { nowMs } from '../wire/now';
import { lifetimeMs } from './token';
import { Api, ApiError, type SignUp } from './client';

/** A token with less left than this is renewed before use. */
const VALID_FOR_MIN_MS = 20_000;
/** Tells guests from returning users, so that guests never ask for a refresh they cannot have. */
const HINT = 'gavel.returning';

type TabNews = { kind: 'session'; session: Session } | { kind: 'signed_out' };

class SessionStore {
  user = $state<User | null>(null);
  /** False until the first refresh has been answered. */
  ready = $state(false);
  /** Counts sign-ins and sign-outs: sockets greet anew when it moves. */
  generation = $state(0);

  readonly api = new Api({
    fetch: (input, init) => fetch(input, init),
    token: async (fresh) => (await this.access(fresh))?.token ?? null,
  });
  #access: AccessToken | null = null;
  #tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('gavel.session');

  constructor() {
    this.#tabs?.addEventListener('message', (event: MessageEvent<TabNews>) => {
      if (event.data.kind === 'session') this.#adopt(event.data.session);
      else this.#forget();
    });
  }

  async start(): Promise<void> {
    try {
      if (hint()) await this.access(true);
    } catch {
      // Offline at start: whatever needs the user asks again.
    }
    this.ready = true;
  }

  async signIn(name: string, password: string): Promise<void> {
    this.#adopt(await this.api.signIn(name, password), true);
  }

  async signUp(account: SignUp): Promise<void> {
    this.#adopt(await this.api.signUp(account), true);
  }

  async signOut(): Promise<void> {
    // Under the lock: a refresh that is under way would set a new cookie after the sign-out.
    await locked(async () => {
      await this.api.signOut().catch((error) => {
        if (!(error instanceof ApiError) || error.status === 0) throw error;
      });
      this.#forget();
      this.#tabs?.postMessage({ kind: 'signed_out' } satisfies TabNews);
    });
  }

  /** A usable access token, or null for a guest. Rejects when the server cannot be reached. */
  async access(fresh = false): Promise<AccessToken | null> {
    const before = this.#access;
    const usable = before && before.expiresAtMs - nowMs() > VALID_FOR_MIN_MS;
    if (usable && !fresh) return before;
    if (!before && !hint()) return null;
    // A refresh token works once; two tabs that used it at the same time would look like theft.
    return locked(async () => {
      // Another tab, or another caller in this one, may have renewed it while we waited.
      if (this.#access !== before) return this.#access;
      try {
        this.#adopt(await this.api.refresh(), true);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        this.#forget();
      }
      return this.#access;
    });
  }

  #adopt(session: Session, tell = false): void {
    const changed = this.user?.id !== session.user.id;
    this.#access = { token: session.access_token, expiresAtMs: localExpiry(session) };
    this.user = session.user;
    if (changed) this.generation += 1;
    setHint(true);
    const { user, access_token, expires_at_ms } = session;
    const news: TabNews = { kind: 'session', session: { user, access_token, expires_at_ms } };
    if (tell) this.#tabs?.postMessage(news);
  }

  #forget(): void {
    const changed = this.user !== null;
    this.#access = null;
    this.user = null;
    if (changed) this.generation += 1;
    setHint(false);
  }

  get isStaff(): boolean {
    return this.user?.role === 'auctioneer' || this.user?.role === 'admin';
  }
}

/** `expires_at_ms` is server time; a wrong clock here must not make every token look expired. */
function localExpiry(session: Session): number {
  const lifetime = lifetimeMs(session.access_token);
  return lifetime === null ? session.expires_at_ms : nowMs() + lifetime;
}

function locked<T>(run: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request('gavel.refresh', run) : run();
}

function hint(): boolean {
  try {
    return localStorage.getItem(HINT) === '1';
  } catch {
    return true;
  }
}

function setHint(on: boolean): void {
  try {
    if (on) localStorage.setItem(HINT, '1');
    else localStorage.removeItem(HINT);
  } catch {
    // Without storage a guest asks for a refresh once per visit; no harm.
  }
}

export const session = new SessionStore();
export const api = session.api;
