import { beforeEach, describe, expect, it } from 'vitest';
import { FakeSocket, FakeTime, settle } from '../testing/fakes';
import { SALE, snapshot } from '../testing/messages';
import { BACKOFF_BASE_MS, BACKOFF_MAX_MS } from './backoff';
import { ServerClock } from './clock';
import type { ServerMessage } from './messages';
import {
  CONNECT_TIMEOUT_MS,
  PING_EVERY_MS,
  PONG_WITHIN_MS,
  SaleSocket,
  WAKE_PONG_WITHIN_MS,
  type AccessToken,
  type Connection,
} from './socket';

let time: FakeTime;
let clock: ServerClock;
let sockets: FakeSocket[];
let received: ServerMessage[];
let phases: Connection['phase'][];
let access: AccessToken | null;
let freshAsked: boolean[];
let lastSeq: number | null;
let client: SaleSocket;

beforeEach(() => {
  time = new FakeTime();
  clock = new ServerClock();
  sockets = [];
  received = [];
  phases = [];
  access = null;
  freshAsked = [];
  lastSeq = null;
  client = new SaleSocket({
    url: 'ws://test/ws/v1',
    saleId: SALE,
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    timers: time,
    nowMs: () => time.nowMs,
    random: () => 1,
    clock,
    token: (fresh) => {
      freshAsked.push(fresh);
      return Promise.resolve(access);
    },
    lastSeq: () => lastSeq,
    onMessage: (message) => received.push(message),
    onConnection: (connection) => phases.push(connection.phase),
  });
});

const socket = () => sockets.at(-1)!;
const pong = () => socket().deliver({ type: 'pong', t: time.nowMs, server_time_ms: time.nowMs });
async function lastForAWhile() {
  for (let i = 0; i < 4; i++) {
    pong();
    await time.advance(500);
  }
}
async function open() {
  socket().onopen?.();
  await settle();
}
async function goOnline() {
  client.start();
  await open();
  socket().deliver(snapshot(1));
}

describe('greeting', () => {
  it('subscribes as a guest without a token', async () => {
    await goOnline();
    expect(socket().sent[0]).toEqual({ type: 'subscribe', sale_id: SALE });
    expect(phases).toEqual(['connecting', 'online']);
    expect(received.map((message) => message.type)).toEqual(['snapshot']);
  });

  it('signs in first, and subscribes only when that is confirmed', async () => {
    access = { token: 'jwt', expiresAtMs: time.nowMs + 900_000 };
    client.start();
    await open();
    expect(socket().types()).toEqual(['sign_in']);
    socket().deliver({ type: 'signed_in', user: {}, server_time_ms: 1 });
    expect(socket().types()).toEqual(['sign_in', 'subscribe']);
  });

  it('is not online before it is subscribed, and sends nothing until then', async () => {
    client.start();
    await open();
    expect(client.connection.phase).toBe('connecting');
    expect(client.send({ type: 'bid_status', sale_id: SALE, bid_id: 'b' })).toBe(false);
  });

  it('renews the token on the open connection before it ends', async () => {
    access = { token: 'first', expiresAtMs: time.nowMs + 70_000 };
    client.start();
    await open();
    socket().deliver({ type: 'signed_in', user: {}, server_time_ms: 1 });
    socket().deliver(snapshot(1));
    access = { token: 'second', expiresAtMs: time.nowMs + 900_000 };
    for (let second = 0; second < 11; second++) {
      await time.advance(1_000);
      socket().deliver({ type: 'pong', t: time.nowMs, server_time_ms: time.nowMs });
    }
    expect(socket().last('sign_in')).toEqual({ type: 'sign_in', token: 'second' });
    expect(
      socket()
        .types()
        .filter((type) => type === 'subscribe'),
    ).toHaveLength(1);
    expect(freshAsked).toEqual([false, true]);
    expect(sockets).toHaveLength(1);
  });
});

describe('reconnecting', () => {
  it('comes back by itself, with what it has seen last', async () => {
    await goOnline();
    lastSeq = 41;
    socket().onclose?.({ code: 1001 });
    expect(client.connection).toMatchObject({ phase: 'offline', attempt: 1 });
    await time.advance(BACKOFF_BASE_MS);
    expect(sockets).toHaveLength(2);
    await open();
    expect(socket().sent[0]).toEqual({ type: 'subscribe', sale_id: SALE, last_seq: 41 });
    socket().deliver({ type: 'resumed', sale_id: SALE, from_seq: 41, seq: 41 });
    expect(client.connection.phase).toBe('online');
  });

  it('waits longer after every failure, up to a bound, and starts over after success', async () => {
    client.start();
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      socket().onclose?.({ code: 1006 });
      const { connection } = client;
      const wait = connection.phase === 'offline' ? connection.retryAtMs - time.nowMs : -1;
      waits.push(wait);
      await time.advance(wait);
    }
    expect(waits).toEqual([400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000]);
    await open();
    socket().deliver(snapshot(1));
    await lastForAWhile();
    socket().onclose?.({ code: 1006 });
    expect(client.connection).toMatchObject({ retryAtMs: time.nowMs + 400 });
  });

  it('waits longer too when the line is closed as soon as it is used', async () => {
    client.start();
    for (const wait of [400, 800, 1600]) {
      await open();
      socket().deliver(snapshot(1));
      socket().onclose?.({ code: 1008 });
      expect(client.connection).toMatchObject({ retryAtMs: time.nowMs + wait });
      await time.advance(wait);
    }
  });

  it('gives up on a connection that never opens or never answers a ping', async () => {
    client.start();
    await time.advance(CONNECT_TIMEOUT_MS);
    expect(client.connection.phase).toBe('offline');
    expect(sockets[0]!.closed).toBe(true);
    await time.advance(BACKOFF_BASE_MS);
    await open();
    socket().deliver(snapshot(1));
    await time.advance(PONG_WITHIN_MS);
    expect(client.connection.phase).toBe('offline');
  });

  it('asks for a fresh token after the server refused the last one', async () => {
    access = { token: 'old', expiresAtMs: time.nowMs + 900_000 };
    client.start();
    await open();
    socket().deliver({ type: 'error', code: 'token_expired', message: '' });
    socket().onclose?.({ code: 1008 });
    await time.advance(BACKOFF_BASE_MS);
    await open();
    expect(freshAsked).toEqual([false, true]);
  });

  it('tries at once when nudged', async () => {
    await goOnline();
    socket().onclose?.({ code: 1006 });
    client.nudge();
    expect(sockets).toHaveLength(2);
    expect(time.pending).toBe(1);
  });

  it('asks a line that looks alive for a sign of life when nudged, and does not wait long', async () => {
    await goOnline();
    await lastForAWhile();
    const before = socket().sent.length;
    client.nudge();
    expect(socket().sent).toHaveLength(before + 1);
    expect(socket().sent.at(-1)).toMatchObject({ type: 'ping' });
    pong();
    await time.advance(WAKE_PONG_WITHIN_MS);
    expect(client.connection.phase).toBe('online');
    expect(sockets).toHaveLength(1);

    client.nudge();
    await time.advance(WAKE_PONG_WITHIN_MS);
    expect(client.connection.phase).toBe('offline');
  });

  it('says that a sale is not published, and follows it once it is', async () => {
    client.start();
    await open();
    socket().deliver({ type: 'error', code: 'unknown_sale', message: '' });
    expect(client.connection).toEqual({ phase: 'unpublished' });
    expect(socket().closed).toBe(true);
    await time.advance(BACKOFF_MAX_MS);
    expect(sockets).toHaveLength(2);
    await open();
    socket().deliver(snapshot(1));
    expect(phases).toEqual(['connecting', 'unpublished', 'online']);
  });

  it('hears nothing from a socket that it has left', async () => {
    await goOnline();
    const old = socket();
    const hear = old.onmessage;
    client.reconnectNow();
    hear?.({ data: JSON.stringify(snapshot(99)) });
    expect(received).toHaveLength(1);
  });

  it('stops for good', async () => {
    await goOnline();
    client.stop();
    expect(socket().closed).toBe(true);
    expect(time.pending).toBe(0);
    client.reconnectNow();
    expect(sockets).toHaveLength(1);
  });
});

describe('a gap', () => {
  it('is closed by subscribing again on the same connection', async () => {
    await goOnline();
    client.resubscribe(17);
    expect(socket().last('subscribe')).toMatchObject({ last_seq: 17 });
    client.resubscribe(null);
    expect(socket().last('subscribe')).not.toHaveProperty('last_seq');
  });
});

describe('clock', () => {
  it('is measured by several quick pings, then seldom', async () => {
    await goOnline();
    const pong = () => {
      const t = socket().last('ping')!['t'] as number;
      time.nowMs += 20;
      socket().deliver({ type: 'pong', t, server_time_ms: t + 10 + 5_000 });
    };
    pong();
    expect(clock.offsetMs).toBe(5_000);
    for (let i = 0; i < 3; i++) {
      await time.advance(500);
      pong();
    }
    expect(
      socket()
        .types()
        .filter((type) => type === 'ping'),
    ).toHaveLength(4);
    await time.advance(PING_EVERY_MS - 1);
    expect(
      socket()
        .types()
        .filter((type) => type === 'ping'),
    ).toHaveLength(4);
  });
});

it('ignores what is not a message', async () => {
  await goOnline();
  for (const data of ['{', '[]', 'null', '7', '{"no":"type"}', new ArrayBuffer(1)]) {
    socket().onmessage?.({ data });
  }
  expect(received).toHaveLength(1);
  expect(client.connection.phase).toBe('online');
});
