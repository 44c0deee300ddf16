/** The falling clock as it is shown: one reading of the server's time for all that shows it. */
import { untrack } from 'svelte';
import { dutchPrice, isLastPrice, leftOfFall, nextFallMs } from '../state/dutch';
import { onFrames } from '../ui/frames';
import type { DutchClock } from '../wire/messages';

/** A better idea of the server's time may lie this much before the one so far. */
const HELD_MS_MAX = 1_000;

export class DutchFace {
  #now = $state(0);
  readonly #clock: () => DutchClock | null;

  /** Call it while a component is made: it runs as long as that one is there. */
  constructor(clock: () => DutchClock | null, serverNowMs: () => number) {
    this.#clock = clock;
    this.#now = serverNowMs();
    $effect(() => {
      if (!clock()) return;
      return onFrames(() => {
        const now = serverNowMs();
        const back = untrack(() => this.#now) - now;
        // A price that fell does not rise again for a few milliseconds.
        if (back <= 0 || back > HELD_MS_MAX) this.#now = now;
      });
    });
  }

  /** Null while no clock runs. */
  readonly price = $derived.by(() => this.#read(dutchPrice));
  readonly last = $derived.by(() => this.#read(isLastPrice));
  readonly left = $derived.by(() => this.#read(leftOfFall));
  /** Tenths of a second until the next fall, as they are read. */
  readonly tenthsLeft = $derived.by(() =>
    this.#read((clock, now) => Math.max(0, Math.ceil((nextFallMs(clock, now) - now) / 100))),
  );

  #read<T>(of: (clock: DutchClock, nowMs: number) => T): T | null {
    const clock = this.#clock();
    return clock && of(clock, this.#now);
  }
}
