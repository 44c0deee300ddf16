import { describe, expect, it } from 'vitest';
import { decimal, formatMoney, MINOR_MAX, parseMoney } from './money';

const gbp = { currency: 'GBP', exponent: 2 };
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('formatting', () => {
  it('shows minor digits only where there are some', () => {
    expect(formatMoney(150_000, gbp, 'en-GB')).toBe('£1,500');
    expect(formatMoney(150_050, gbp, 'en-GB')).toBe('£1,500.50');
    expect(formatMoney(5, gbp, 'en-GB')).toBe('£0.05');
    expect(formatMoney(-150_050, gbp, 'en-GB')).toBe('-£1,500.50');
  });

  it('follows the language and the exponent of the currency', () => {
    expect(plain(formatMoney(150_050, { currency: 'EUR', exponent: 2 }, 'ru-RU'))).toBe(
      '1 500,50 €',
    );
    expect(formatMoney(1500, { currency: 'JPY', exponent: 0 }, 'en-GB')).toBe('¥1,500');
    expect(plain(formatMoney(1_234_567, { currency: 'KWD', exponent: 3 }, 'en-GB'))).toContain(
      '1,234.567',
    );
  });

  it('is exact at the bound of the wire', () => {
    expect(formatMoney(MINOR_MAX - 1, gbp, 'en-GB')).toBe('£9,999,999,999,999.99');
  });

  it('writes plain decimals for fields', () => {
    expect([decimal(150_050, 2), decimal(150_000, 2), decimal(7, 2), decimal(-7, 2)]).toEqual([
      '1500.50',
      '1500',
      '0.07',
      '-0.07',
    ]);
    expect(decimal(42, 0)).toBe('42');
  });
});

describe('parsing', () => {
  it.each([
    ['1500', 150_000],
    ['1,500', 150_000],
    ['1.500', 150_000],
    ['1 500', 150_000],
    ['1\u00a0500,50 ₽', 150_050],
    ['£1,500.50', 150_050],
    ['1.500,50', 150_050],
    ['1,234,567', 123_456_700],
    ["1'500", 150_000],
    ['12.5', 1_250],
    ['12,05', 1_205],
    ['12.500,00 EUR', 1_250_000],
    ['.5', 50],
    ['007', 700],
    ['0', 0],
  ])('reads %s', (text, minor) => {
    expect(parseMoney(text, 2)).toEqual({ ok: true, minor });
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['abc', 'invalid'],
    ['-5', 'invalid'],
    ['1e9', 'invalid'],
    ['12..5', 'invalid'],
    ['1,50,000', 'invalid'],
    ['1.2,3.4', 'invalid'],
    ['10x5', 'invalid'],
    ['12.3456', 'too_many_decimals'],
    ['10000000000000.01', 'out_of_range'],
    ['99999999999999999999', 'out_of_range'],
  ])('refuses %j as %s', (text, reason) => {
    expect(parseMoney(text, 2)).toEqual({ ok: false, reason });
  });

  it('takes the exponent of the currency', () => {
    expect(parseMoney('1500', 0)).toEqual({ ok: true, minor: 1500 });
    expect(parseMoney('1500.0', 0)).toEqual({ ok: true, minor: 1500 });
    expect(parseMoney('15.5', 0)).toEqual({ ok: false, reason: 'too_many_decimals' });
    expect(parseMoney('1.500', 3)).toEqual({ ok: true, minor: 1500 });
  });

  it('reads back what was written, in both languages', () => {
    for (const minor of [0, 1, 99, 100, 123_456, 100_000_000, MINOR_MAX]) {
      for (const locale of ['en-GB', 'ru-RU']) {
        expect(parseMoney(formatMoney(minor, gbp, locale), 2)).toEqual({ ok: true, minor });
      }
    }
  });
});
