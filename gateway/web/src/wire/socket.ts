/**
 * One WebSocket to one sale: signs in, subscribes, measures the clock, and comes back by itself.
 *
 * Everything it needs from the outside is injected, so that tests run without a network or a
 * clock. What the messages mean is not its business.
 */
import { BACKOFF_MAX_MS, backoffMs } from './backoff';
import type { ServerClock } from './clock';
import type { ClientMessage, ServerMessage } from './messages';

export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface Timers {
  set(run: () => void, afterMs: number): number;
  clear(id: number): void;
}

export type Connection =
  | { phase: 'connecting' }
  | { phase: 'online' }
  /** The server answers, but knows no such sale, or not yet; asked again from time to time. */
  | { phase: 'unpublished' }
  | { phase: 'offline'; attempt: number; retryAtMs: number }
  | { phase: 'stopped' };

export interface AccessToken {
  token: string;
  /** By this machine's clock, which may be far from the server's. */
  expiresAtMs: number;
}

export interface SaleSocketDeps {
  url: string;
  saleId: string;
  openSocket(url: string): SocketLike;
  timers: Timers;
  nowMs(): number;
  random(): number;
  clock: ServerClock;
  /** Null: watch as a guest. `fresh`: the server refused the last one. Rejects when offline. */
  token(fresh: boolean): Promise<AccessToken | null>;
  lastSeq(): number | null;
  onMessage(message: ServerMessage): void;
  onConnection(connection: Connection): void;
}

export const CONNECT_TIMEOUT_MS = 10_000;
export const PING_EVERY_MS = 10_000;
export const PONG_WITHIN_MS = 6_000;
/** After a sleep the line is likelier dead than slow, and somebody is looking. */
export const WAKE_PONG_WITHIN_MS = 2_500;
/** A few quick pings first: the smallest round trip of several is close to the true offset. */
const QUICK_PINGS = 4;
const QUICK_PING_EVERY_MS = 500;
/** A token is renewed this long before it ends. */
const RENEW_BEFORE_MS = 60_000;
const TOKEN_CODES = new Set(['token_expired', 'token_invalid', 'unauthorised']);

export class SaleSocket {
  readonly #deps: SaleSocketDeps;
  #socket: SocketLike | null = null;
  #connection: Connection = { phase: 'stopped' };
  #attempt = 0;
  #pings = 0;
  #subscribed = false;
  #needFreshToken = false;
  #retryTimer: number | null = null;
  #pingTimer: number | null = null;
  #deadlineTimer: number | null = null;
  #renewTimer: number | null = null;

  constructor(deps: SaleSocketDeps) {
    this.#deps = deps;
  }

  get connection(): Connection {
    return this.#connection;
  }

  start(): void {
    if (this.#connection.phase === 'stopped') this.#connect();
  }

  stop(): void {
    this.#drop();
    this.#setConnection({ phase: 'stopped' });
  }

  /** Try now: the network is back, the page is visible again, or the user signed in or out. */
  reconnectNow(): void {
    if (this.#connection.phase === 'stopped') return;
    this.#drop();
    this.#connect();
  }

  /** The page was woken: cut a wait for the next attempt short, and see whether the line lives. */
  nudge(): void {
    const { phase } = this.#connection;
    if (phase === 'offline' || phase === 'unpublished') this.reconnectNow();
    else if (phase === 'online') this.#ping(WAKE_PONG_WITHIN_MS);
  }

  /** False when there is no connection: nothing is queued behind the caller's back. */
  send(message: ClientMessage): boolean {
    if (this.#connection.phase !== 'online' || !this.#socket) return false;
    this.#write(message);
    return true;
  }

  /** Ask for what was missed (`lastSeq`) or for everything anew (null). */
  resubscribe(lastSeq: number | null): void {
    if (this.#socket && this.#subscribed) this.#subscribe(lastSeq);
  }

  #connect(): void {
    this.#subscribed = false;
    this.#pings = 0;
    this.#deps.clock.restart();
    // A sale that is not published is asked for again without a word.
    if (this.#connection.phase !== 'unpublished') this.#setConnection({ phase: 'connecting' });
    let socket: SocketLike;
    try {
      socket = this.#deps.openSocket(this.#deps.url);
    } catch {
      this.#retryLater();
      return;
    }
    this.#socket = socket;
    this.#deadline(CONNECT_TIMEOUT_MS);
    socket.onopen = () => void this.#greet(socket);
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost();
    };
  }

  async #greet(socket: SocketLike): Promise<void> {
    try {
      const access = await this.#deps.token(this.#needFreshToken);
      if (socket !== this.#socket) return;
      this.#needFreshToken = false;
      if (!access) return this.#subscribe(this.#deps.lastSeq());
      this.#write({ type: 'sign_in', token: access.token });
      this.#renewAt(access.expiresAtMs);
    } catch {
      if (socket === this.#socket) this.#lost();
    }
  }

  #renewAt(expiresAtMs: number): void {
    this.#clearTimer('renew');
    const afterMs = Math.max(1_000, expiresAtMs - this.#deps.nowMs() - RENEW_BEFORE_MS);
    this.#renewTimer = this.#deps.timers.set(() => {
      const socket = this.#socket;
      if (!socket) return;
      this.#deps.token(true).then(
        (access) => {
          if (!access || socket !== this.#socket) return;
          this.#write({ type: 'sign_in', token: access.token });
          this.#renewAt(access.expiresAtMs);
        },
        () => undefined, // Offline; the reconnect will ask again.
      );
    }, afterMs);
  }

  #receive(data: unknown): void {
    const message = parse(data);
    if (!message) return;
    switch (message.type) {
      case 'signed_in':
        this.#deps.clock.hint(message.server_time_ms, this.#deps.nowMs());
        if (!this.#subscribed) this.#subscribe(this.#deps.lastSeq());
        break;
      case 'pong':
        this.#deps.clock.sample(message.t, this.#deps.nowMs(), message.server_time_ms);
        this.#clearTimer('deadline');
        // Only a line that lasts starts over: one that is closed as soon as it is used must not spin.
        if (this.#pings >= QUICK_PINGS) this.#attempt = 0;
        this.#pingLater();
        return;
      case 'error':
        if (TOKEN_CODES.has(message.code)) this.#needFreshToken = true;
        if (message.code === 'unknown_sale' && this.#connection.phase !== 'online') {
          this.#unpublished();
        }
        break;
      case 'snapshot':
        this.#deps.clock.hint(message.server_time_ms, this.#deps.nowMs());
        break;
      default:
        break;
    }
    this.#deps.onMessage(message);
    const answered = message.type === 'snapshot' || message.type === 'resumed';
    if (answered && this.#connection.phase !== 'online') {
      this.#clearTimer('deadline');
      this.#setConnection({ phase: 'online' });
      this.#ping();
    }
  }

  #subscribe(lastSeq: number | null): void {
    this.#subscribed = true;
    const since = lastSeq === null ? {} : { last_seq: lastSeq };
    this.#write({ type: 'subscribe', sale_id: this.#deps.saleId, ...since });
  }

  #ping(pongWithinMs = PONG_WITHIN_MS): void {
    this.#pings += 1;
    this.#clearTimer('ping');
    this.#deadline(pongWithinMs);
    this.#write({ type: 'ping', t: this.#deps.nowMs() });
  }

  #pingLater(): void {
    this.#clearTimer('ping');
    const afterMs = this.#pings < QUICK_PINGS ? QUICK_PING_EVERY_MS : PING_EVERY_MS;
    this.#pingTimer = this.#deps.timers.set(() => this.#ping(), afterMs);
  }

  /** A connection that is silently dead looks open for minutes; do not wait for that. */
  #deadline(afterMs: number): void {
    this.#clearTimer('deadline');
    this.#deadlineTimer = this.#deps.timers.set(() => this.#lost(), afterMs);
  }

  #write(message: ClientMessage): void {
    try {
      this.#socket?.send(JSON.stringify(message));
    } catch {
      this.#lost();
    }
  }

  #lost(): void {
    this.#drop();
    this.#retryLater();
  }

  #retryLater(): void {
    const afterMs = backoffMs(this.#attempt, this.#deps.random);
    this.#attempt += 1;
    const retryAtMs = this.#deps.nowMs() + afterMs;
    this.#retryTimer = this.#deps.timers.set(() => this.#connect(), afterMs);
    this.#setConnection({ phase: 'offline', attempt: this.#attempt, retryAtMs });
  }

  #unpublished(): void {
    this.#drop();
    this.#retryTimer = this.#deps.timers.set(() => this.#connect(), BACKOFF_MAX_MS);
    this.#setConnection({ phase: 'unpublished' });
  }

  #drop(): void {
    for (const timer of ['retry', 'ping', 'deadline', 'renew'] as const) this.#clearTimer(timer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close(1000);
    } catch {
      // It may never have opened; it is gone either way.
    }
  }

  #clearTimer(which: 'retry' | 'ping' | 'deadline' | 'renew'): void {
    const clear = (id: number | null) => {
      if (id !== null) this.#deps.timers.clear(id);
      return null;
    };
    if (which === 'retry') this.#retryTimer = clear(this.#retryTimer);
    else if (which === 'ping') this.#pingTimer = clear(this.#pingTimer);
    else if (which === 'deadline') this.#deadlineTimer = clear(this.#deadlineTimer);
    else this.#renewTimer = clear(this.#renewTimer);
  }

  #setConnection(connection: Connection): void {
    this.#connection = connection;
    this.#deps.onConnection(connection);
  }
}

function parse(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null || !('type' in value)) return null;
    return value as ServerMessage;
  } catch {
    return null;
  }
}
