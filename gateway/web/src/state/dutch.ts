/** What the falling clock of a Dutch lot shows at a moment of the server's time. Pure. */
import type { DutchClock } from '../wire/messages';

function falls({ opened_at_ms, every_ms }: DutchClock, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - opened_at_ms) / every_ms));
}

/** How many falls it takes from the start to the floor. */
function fallsInAll({ start_minor, floor_minor, step_minor }: DutchClock): number {
  return Math.ceil((start_minor - floor_minor) / step_minor);
}

export function dutchPrice(clock: DutchClock, nowMs: number): number {
  const { start_minor, step_minor, floor_minor } = clock;
  return Math.max(floor_minor, start_minor - falls(clock, nowMs) * step_minor);
}

/** Nothing falls any more: the lot closes unsold when this price has been shown once over. */
export function isLastPrice(clock: DutchClock, nowMs: number): boolean {
  return falls(clock, nowMs) >= fallsInAll(clock);
}

/** When the price falls next; at the last price, when the lot closes. */
export function nextFallMs(clock: DutchClock, nowMs: number): number {
  const next = Math.min(falls(clock, nowMs), fallsInAll(clock)) + 1;
  return clock.opened_at_ms + next * clock.every_ms;
}

/** What is left of the time until then: 1 right after a fall, 0 at the next one. */
export function leftOfFall(clock: DutchClock, nowMs: number): number {
  const left = (nextFallMs(clock, nowMs) - nowMs) / clock.every_ms;
  return Math.min(1, Math.max(0, left));
}
