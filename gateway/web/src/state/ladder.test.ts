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

it('suggests amounts over a change of band, and by a fixed step', () => {
  expect(amountsAbove(bands, 900, 3)).toEqual([950, 1000, 1100]);
  expect(amountsAbove(bands, 900, 2, 500)).toEqual([1400, 1900]);
  expect(amountsAbove([], 900, 3)).toEqual([]);
});
