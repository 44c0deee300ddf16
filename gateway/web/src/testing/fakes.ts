/** Stand-ins for the clock, the timers and the network, shared by the tests. */
import type { ServerMessage } from '../wire/messages';
import type { SocketLike, Timers } from '../wire/socket';

export class FakeTime implements Timers {
  nowMs = 1_000_000;
  #next = 1;
  #due = new Map<number, { atMs: number; run: () => void }>();

  set(run: () => void, afterMs: number): number {
    const id = this.#next++;
    this.#due.set(id, { atMs: this.nowMs + afterMs, run });
    return id;
  }

  clear(id: number): void {
    this.#due.delete(id);
  }

  get pending(): number {
    return this.#due.size;
  }

  /** Lets time pass, running whatever falls due, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    for (;;) {
      const [id, next] = [...this.#due].sort((a, b) => a[1].atMs - b[1].atMs)[0] ?? [];
      if (id === undefined || !next || next.atMs > end) break;
      this.#due.delete(id);
      this.nowMs = next.atMs;
      next.run();
      await settle();
    }
    this.nowMs = end;
    await settle();
  }
}

/** Lets promises that are already resolved run their continuations. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: Record<string, unknown>[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
  }

  deliver(message: ServerMessage | Record<string, unknown>): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  types(): unknown[] {
    return this.sent.map((message) => message['type']);
  }

  last(type: string): Record<string, unknown> | undefined {
    return this.sent.findLast((message) => message['type'] === type);
  }
}
