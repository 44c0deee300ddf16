import { expect, it } from 'vitest';
import { amountsAbove, stepAt } from './ladder';

const bands = [
  { from_minor: 0, step_minor: 50 },
  { from_minor: 1000, step_minor: 100 },
];

it('takes the step of the last band that starts at or below the price', () => {
  expect([stepAt(bands, 0), stepAt(bands, 999), stepAt(bands, 1000)]).toEqual([50, 50, 100]);
  expect(stepAt([{ from_minor: 500, step_minor: 10 }], 100)).toBe(10);
});

it('takes a part of the price, rounded up and at least the step beside it', () => {
  const tenth = [{ from_minor: 0, step_minor: 100, step_bp: 1_000 }];
  expect([stepAt(tenth, 500), stepAt(tenth, 1_001), stepAt(tenth, 90_000)]).toEqual([
    100, 101, 9_000,
  ]);
  // Beyond what floating point multiplies exactly.
  expect(stepAt(tenth, 999_999_999_999_991)).toBe(100_000_000_000_000);
});

it('suggests amounts over a change of band, and by a fixed step', () => {
  expect(amountsAbove(bands, 900, 3)).toEqual([950, 1000, 1100]);
  expect(amountsAbove(bands, 900, 2, 500)).toEqual([1400, 1900]);
  expect(amountsAbove([], 900, 3)).toEqual([]);
});
