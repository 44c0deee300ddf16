import { beforeEach, describe, expect, it } from 'vitest';
import { CLICK_WITHIN_MS, PressGuard, SETTLE_MS } from './press';

let guard: PressGuard;
beforeEach(() => {
  guard = new PressGuard();
  guard.show(100, 0);
});

it('sends what was displayed when the press began, not what is displayed when it ends', () => {
  guard.press(1_000);
  guard.show(110, 1_050);
  expect(guard.release(1_100)).toEqual({ meant: 100 });
});

it('sends neither amount when the price moved just before the press', () => {
  guard.show(110, 1_000);
  guard.press(1_000 + SETTLE_MS - 1);
  expect(guard.release(1_400)).toEqual({ changedTo: 110 });
  guard.press(1_500);
  expect(guard.release(1_600)).toEqual({ meant: 110 });
});

it('does not hold back the first amount, nor the same one shown again', () => {
  guard.press(1);
  expect(guard.release(2)).toEqual({ meant: 100 });
  guard.show(100, 1_000);
  expect(guard.settling(1_001)).toBe(false);
});

it('holds back an amount that comes back after there was none', () => {
  guard.show(null, 1_000);
  guard.show(120, 2_000);
  expect(guard.settling(2_001)).toBe(true);
  guard.press(2_001);
  expect(guard.release(2_002)).toEqual({ changedTo: 120 });
});

it('forgets a press that was abandoned', () => {
  guard.press(1_000);
  guard.cancel();
  guard.show(110, 1_100);
  expect(guard.release(2_000)).toEqual({ meant: 110 });
});

it('takes a click without a press before it, as assistive tools make', () => {
  expect(guard.release(1_000)).toEqual({ meant: 100 });
  guard.show(null, 2_000);
  expect(guard.release(3_000)).toBeNull();
});

it('takes the click of a lifted finger for its press, but not one that comes much later', () => {
  guard.press(1_000);
  guard.show(110, 1_050);
  guard.lift(1_100);
  expect(guard.release(1_101)).toEqual({ meant: 100 });
  guard.press(2_000);
  guard.lift(2_100);
  guard.show(120, 2_200);
  expect(guard.release(2_100 + CLICK_WITHIN_MS + 1)).toEqual({ meant: 120 });
});

describe('where the price falls by itself', () => {
  it('sends what was displayed at the press, right after a fall too', () => {
    guard.show(90, 1_000, true);
    expect(guard.settling(1_000)).toBe(false);
    guard.press(1_000);
    guard.show(80, 1_001, true);
    expect(guard.release(1_100)).toEqual({ meant: 90 });
  });

  it('holds back the price of the next lot, however low', () => {
    guard.show(null, 1_000);
    guard.show(50, 1_100, true);
    guard.show(40, 1_200, true);
    guard.press(1_250);
    expect(guard.release(1_300)).toEqual({ changedTo: 40 });
    guard.press(1_100 + SETTLE_MS);
    expect(guard.release(1_500)).toEqual({ meant: 40 });
  });

  it('holds back a price that has risen: it is another clock', () => {
    guard.show(500, 1_000, true);
    expect(guard.settling(1_001)).toBe(true);
  });
});
