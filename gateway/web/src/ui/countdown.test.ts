import { expect, it } from 'vitest';
import { formatLeft, timeLeft } from './countdown';

const text = (ms: number) => formatLeft(timeLeft(ms, 0), 'en-GB');

it('counts whole seconds, rounded up, and never below zero', () => {
  expect(text(1)).toBe('00:01');
  expect(text(59_001)).toBe('01:00');
  expect(text(3_600_000)).toBe('1:00:00');
  expect(timeLeft(0, 0).over).toBe(true);
  expect(timeLeft(-5_000, 0)).toMatchObject({ seconds: 0, over: true });
});

it('names days and hours when it is far', () => {
  expect(text(2 * 86_400_000 + 3 * 3_600_000)).toBe('2 days 3 hrs');
  expect(formatLeft(timeLeft(5 * 86_400_000, 0), 'ru-RU').replace(/\u00a0/g, ' ')).toBe(
    '5 дн. 0 ч',
  );
});
