/**
 * Server time from ping/pong samples.
 *
 * The sample with the smallest round trip bounds the error best (it is at most half of it), so
 * that one is kept and the others are ignored.
 */
export interface ClockSample {
  roundTripMs: number;
  offsetMs: number;
}

/** Beyond this a sample says nothing useful about the offset. */
const ROUND_TRIP_MAX_MS = 10_000;

export class ServerClock {
  #best: ClockSample | null = null;
  #fallbackOffsetMs = 0;

  /** A new connection may take another path, and the machine may have slept: measure afresh. */
  restart(): void {
    if (this.#best) this.#fallbackOffsetMs = this.#best.offsetMs;
    this.#best = null;
  }

  /** A server time that came without a round trip: better than nothing, worse than any pong. */
  hint(serverTimeMs: number, nowMs: number): void {
    if (!this.#best) this.#fallbackOffsetMs = serverTimeMs - nowMs;
  }

  sample(sentMs: number, receivedMs: number, serverTimeMs: number): void {
    const roundTripMs = receivedMs - sentMs;
    if (roundTripMs < 0 || roundTripMs > ROUND_TRIP_MAX_MS) return;
    if (this.#best && this.#best.roundTripMs <= roundTripMs) return;
    this.#best = { roundTripMs, offsetMs: serverTimeMs - (sentMs + receivedMs) / 2 };
  }

  get best(): ClockSample | null {
    return this.#best;
  }

  get offsetMs(): number {
    return this.#best?.offsetMs ?? this.#fallbackOffsetMs;
  }
}
