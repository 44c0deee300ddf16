/** A live sale for components: the socket, the reducer, the bids and the clock behind one door. */
import { api, session } from '../api/session.svelte';
import type { Notice, Question, ServerMessage, Uuid } from '../wire/messages';
import { ServerClock } from '../wire/clock';
import { nowMs } from '../wire/now';
import { SaleSocket, type Connection, type Timers } from '../wire/socket';
import { BidDesk, isUnderWay, type Attempt, type BidOrder } from './bids';
import { CommandDesk, type CommandEntry } from './commands';
import { ForesightDesk, type Foresight } from './foresight';
import { newId } from './id';
import { Notices } from './notices';
import { Results } from './results';
import { emptySale, reduce, type SaleAction, type SaleState } from './sale';
import { Withdrawals, type Withdrawal } from './withdrawals';

const timers: Timers = {
  set: (run, afterMs) => window.setTimeout(run, afterMs),
  clear: (id) => window.clearTimeout(id),
};

const HISTORY_RETRY_MS = 3_000;
const BOOK_REFRESH_MS = 500;

export class LiveSale {
  state = $state.raw<SaleState>(emptySale(''));
  connection = $state.raw<Connection>({ phase: 'connecting' });
  /** Bids of whoever is signed in. A guest sees those whose fate is to be learnt by signing in. */
  readonly attempts: readonly Attempt[] = $derived.by(() => {
    const { user } = session;
    return this.#attempts.filter((a) => (user ? a.userId === user.id : isUnderWay(a)));
  });
  #attempts = $state.raw<readonly Attempt[]>([]);
  /** Lots that closed with a stake of the bidder in them, until dismissed. */
  closedLots = $state.raw<readonly Uuid[]>([]);
  /** What was undone, until dismissed. */
  notices = $state.raw<readonly Notice[]>([]);
  /** By lot: what became of the wish to leave its absentee book. */
  withdrawals = $state.raw<Readonly<Record<Uuid, Withdrawal>>>({});
  commands = $state.raw<readonly CommandEntry[]>([]);
  /** The answer to what `foresee` asked. */
  foresight = $state.raw<Foresight | null>(null);
  /** A refusal of the whole subscription, such as `unknown_sale`. */
  failure = $state<string | null>(null);

  readonly #clock = new ServerClock();
  readonly #socket: SaleSocket;
  readonly #bids: BidDesk;
  readonly #results: Results;
  readonly #notices: Notices;
  readonly #withdrawals: Withdrawals;
  #warned = new Set<string>();
  #signedInAs: Uuid | null = null;
  readonly desk: CommandDesk;
  readonly #foresight: ForesightDesk;
  #reading = new Set<Uuid>();
  #gapAt: number | null = null;
  #bookTimer = 0;
  readonly #listeners = new Set<(message: ServerMessage) => void>();
  #stopped = false;

  constructor(readonly saleId: Uuid) {
    this.state = emptySale(saleId);
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.#bids = new BidDesk({
      send: (message) => this.#socket.send(message),
      reconnect: () => this.#socket.reconnectNow(),
      timers,
      newId,
      userId: () => this.#signedInAs,
      onChange: (attempts) => (this.#attempts = attempts),
      store: tabStore(`gavel.bids.${saleId}`),
    });
    this.#results = new Results({
      onChange: (closed) => (this.closedLots = closed),
      store: tabStore(`gavel.results.${saleId}`),
    });
    this.#notices = new Notices({
      onChange: (notices) => (this.notices = notices),
      store: tabStore(`gavel.notices.${saleId}`),
    });
    this.#withdrawals = new Withdrawals({
      saleId,
      send: (message) => this.#socket.send(message),
      timers,
      newId,
      onChange: (byLot) => (this.withdrawals = byLot),
    });
    this.desk = new CommandDesk({
      saleId,
      send: (message) => this.#socket.send(message),
      timers,
      newId,
      onChange: (entries) => (this.commands = entries),
    });
    this.#foresight = new ForesightDesk({
      saleId,
      send: (message) => this.#socket.send(message),
      timers,
      newId,
      onChange: (foresight) => (this.foresight = foresight),
    });
    this.#socket = new SaleSocket({
      url: `${scheme}://${location.host}/ws/v1`,
      saleId,
      openSocket: (url) => new WebSocket(url) as never,
      timers,
      nowMs,
      random: Math.random,
      clock: this.#clock,
      token: (fresh) => session.access(fresh),
      lastSeq: () => this.state.seq,
      onMessage: (message) => this.#receive(message),
      onConnection: (connection) => this.#connected(connection),
    });
  }

  start(): () => void {
    const wake = () => this.#socket.nudge();
    const visible = () => document.visibilityState === 'visible' && wake();
    addEventListener('online', wake);
    document.addEventListener('visibilitychange', visible);
    this.#socket.start();
    return () => {
      removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', visible);
      this.#stopped = true;
      clearTimeout(this.#bookTimer);
      this.#socket.stop();
      this.#bids.stop();
      this.desk.stop();
      this.#withdrawals.stop();
      this.#foresight.stop();
    };
  }

  /** Someone signed in or out: what the server may tell us has changed, so start from nothing. */
  greetAnew(): void {
    this.state = emptySale(this.saleId);
    this.#socket.reconnectNow();
  }

  retryNow(): void {
    this.#socket.reconnectNow();
  }

  bid(order: Omit<BidOrder, 'saleId'>): Uuid | null {
    const bidId = this.#bids.place({ ...order, saleId: this.saleId });
    if (bidId !== null && this.#signedInAs) {
      // Whoever stops a clock wins without having led before.
      this.#results.stake(this.#signedInAs, order.lotId);
      this.#withdrawals.forget(order.lotId);
    }
    return bidId;
  }

  /** Takes the own maximum out of the absentee book. */
  leaveBook(lotId: Uuid): void {
    this.#withdrawals.ask(lotId);
  }

  /** The fair warning of a lot is before the bidder's eyes; the auctioneer is told once. */
  warningShown(lotId: Uuid, seq: number): void {
    const key = `${this.#signedInAs} ${lotId} ${seq}`;
    if (!this.#signedInAs || !this.state.you || session.isStaff || this.#warned.has(key)) return;
    const sale_id = this.saleId;
    const told = this.#socket.send({ type: 'warning_shown', sale_id, lot_id: lotId, seq });
    if (told) this.#warned.add(key);
  }

  /** Keeps `foresight` up to date until asked something else, or null. */
  foresee(question: Question | null): void {
    this.#foresight.ask(question);
  }

  /** Hears every message after it was taken in. */
  listen(listener: (message: ServerMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  serverNowMs(): number {
    return nowMs() + this.#clock.offsetMs;
  }

  dispatch(action: SaleAction): void {
    this.state = reduce(this.state, action);
    const { you, lots } = this.state;
    if (you && this.#signedInAs) this.#results.see(this.#signedInAs, you, lots);
  }

  dismissResult(lotId: Uuid): void {
    this.#results.dismiss(lotId);
  }

  dismissNotice(key: string): void {
    this.#notices.dismiss(key);
  }

  /** Reads the bids of a lot unless they are known; call it from an effect on `state`. */
  async needHistory(lotId: Uuid): Promise<void> {
    if (this.state.history[lotId]?.complete || this.#reading.has(lotId)) return;
    this.#reading.add(lotId);
    const asOf = this.state.historyVersion;
    try {
      const bids = await api.bids(this.saleId, lotId);
      this.#reading.delete(lotId);
      this.dispatch({ type: 'history_fetched', lotId, bids, asOf });
      // Something was missed meanwhile.
      if (!this.#stopped) void this.needHistory(lotId);
    } catch {
      timers.set(() => {
        this.#reading.delete(lotId);
        if (!this.#stopped) void this.needHistory(lotId);
      }, HISTORY_RETRY_MS);
    }
  }

  #receive(message: ServerMessage): void {
    const before = this.state;
    if (message.type === 'signed_in') {
      this.#signedInAs = message.user.id;
      this.#notices.signedIn(message.user.id);
    }
    this.dispatch({ type: 'message', message });
    this.#bids.onMessage(message);
    this.desk.onMessage(message);
    this.#withdrawals.onMessage(message);
    if (message.type === 'notice') this.#notices.take(message);
    this.#foresight.onMessage(message);
    if (this.state.seq !== before.seq) this.#foresight.onMoved();
    if (message.type === 'snapshot') {
      this.#gapAt = null;
      this.failure = null;
    }
    if (message.type === 'error' && message.code === 'unknown_sale') this.failure = message.code;
    if (this.state.sync === 'gap' && before.sync !== 'gap') {
      // The same hole twice: what we hold cannot be completed, so take everything anew.
      const stuck = this.#gapAt === this.state.seq;
      this.#gapAt = this.state.seq;
      this.#socket.resubscribe(stuck ? null : this.state.seq);
    }
    if (this.state.bookVersion !== before.bookVersion) this.#refreshBook();
    for (const listener of this.#listeners) listener(message);
  }

  /** The book itself comes only with a snapshot. */
  #refreshBook(): void {
    clearTimeout(this.#bookTimer);
    this.#bookTimer = timers.set(() => this.#socket.resubscribe(null), BOOK_REFRESH_MS);
  }

  #connected(connection: Connection): void {
    const was = this.connection.phase;
    this.connection = connection;
    if (connection.phase !== 'online') this.#signedInAs = null;
    if (connection.phase === 'online') {
      this.#bids.onOnline();
      this.#foresight.onOnline();
    } else if (was === 'online') {
      this.#bids.onOffline();
      this.desk.onOffline();
      this.#withdrawals.onOffline();
    }
  }
}

/** Survives a reload of the page, and ends with its tab. */
function tabStore(key: string) {
  return {
    load: () => {
      try {
        return sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    save: (text: string) => {
      try {
        if (text === '[]') sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, text);
      } catch {
        // Without storage only a reload loses sight of it.
      }
    },
  };
}
