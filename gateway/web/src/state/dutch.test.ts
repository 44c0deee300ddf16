import { describe, expect, it } from 'vitest';
import type { DutchClock } from '../wire/messages';
import { dutchPrice, isLastPrice, leftOfFall, nextFallMs } from './dutch';

const OPENED = 1_790_000_000_000;
const clock: DutchClock = {
  opened_at_ms: OPENED,
  start_minor: 100_00,
  step_minor: 30_00,
  every_ms: 5_000,
  floor_minor: 20_00,
};

describe('the Dutch clock', () => {
  it.each([
    // Before the lot was opened by this machine's idea of the server's time.
    [-700, 100_00],
    [0, 100_00],
    [4_999, 100_00],
    [5_000, 70_00],
    [9_999.9, 70_00],
    [10_000, 40_00],
    // The last step would go below the floor.
    [15_000, 20_00],
    [1_000_000, 20_00],
  ])('shows after %d ms %d', (afterMs, price) => {
    expect(dutchPrice(clock, OPENED + afterMs)).toBe(price);
  });

  it('shows the floor at once when it starts there', () => {
    const flat = { ...clock, floor_minor: 100_00 };
    expect(dutchPrice(flat, OPENED)).toBe(100_00);
    expect(isLastPrice(flat, OPENED)).toBe(true);
    expect(nextFallMs(flat, OPENED)).toBe(OPENED + 5_000);
  });

  it('knows when it falls next, and at the last price when it ends', () => {
    expect(nextFallMs(clock, OPENED)).toBe(OPENED + 5_000);
    expect(nextFallMs(clock, OPENED + 5_000)).toBe(OPENED + 10_000);
    expect(isLastPrice(clock, OPENED + 14_999)).toBe(false);
    expect(isLastPrice(clock, OPENED + 15_000)).toBe(true);
    expect(nextFallMs(clock, OPENED + 15_000)).toBe(OPENED + 20_000);
    expect(nextFallMs(clock, OPENED + 90_000)).toBe(OPENED + 20_000);
  });

  it('has a part of the time left, never more than all and never less than nothing', () => {
    expect(leftOfFall(clock, OPENED)).toBe(1);
    expect(leftOfFall(clock, OPENED + 6_250)).toBe(0.75);
    expect(leftOfFall(clock, OPENED - 3_000)).toBe(1);
    expect(leftOfFall(clock, OPENED + 90_000)).toBe(0);
  });
});
