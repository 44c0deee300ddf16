import { expect, it } from 'vitest';
import { backoffMs, BACKOFF_MAX_MS } from './backoff';
import { ServerClock } from './clock';

it('keeps the sample with the smallest round trip', () => {
  const clock = new ServerClock();
  clock.sample(1_000, 1_400, 6_300); // 400 ms: offset 5100
  expect(clock.offsetMs).toBe(5_100);
  clock.sample(2_000, 2_040, 7_020); // 40 ms: offset 5000
  expect(clock.best).toEqual({ roundTripMs: 40, offsetMs: 5_000 });
  clock.sample(3_000, 3_900, 9_999); // Slow: its offset may be off by almost half a second.
  expect(clock.offsetMs).toBe(5_000);
});

it('errs by at most half a round trip, however lopsided the path', () => {
  const trueOffset = -3_600_000;
  for (const [there, back] of [
    [5, 95],
    [95, 5],
    [50, 50],
  ] as const) {
    const clock = new ServerClock();
    clock.sample(0, there + back, there + trueOffset);
    expect(Math.abs(clock.offsetMs - trueOffset)).toBeLessThanOrEqual((there + back) / 2);
  }
});

it('refuses samples that cannot be', () => {
  const clock = new ServerClock();
  clock.sample(1_000, 900, 5_000);
  clock.sample(0, 60_000, 5_000);
  expect(clock.best).toBeNull();
});

it('uses a hint until it is measured, and the last offset after a restart', () => {
  const clock = new ServerClock();
  clock.hint(8_000, 1_000);
  expect(clock.offsetMs).toBe(7_000);
  clock.sample(1_000, 1_010, 5_005);
  clock.hint(9_000, 1_000);
  expect(clock.offsetMs).toBe(4_000);
  clock.restart();
  expect(clock.offsetMs).toBe(4_000);
  expect(clock.best).toBeNull();
});

it('spreads reconnects over three quarters of a growing, bounded time', () => {
  expect(backoffMs(0, () => 0)).toBe(100);
  expect(backoffMs(0, () => 1)).toBe(400);
  expect(backoffMs(3, () => 0.5)).toBe(2_000);
  expect(backoffMs(1_000, () => 1)).toBe(BACKOFF_MAX_MS);
});
