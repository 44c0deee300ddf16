/** Money between minor units and what people read and type. Never through floating point. */

/** The wire's bound: ±10^15 minor units. */
export const MINOR_MAX = 1e15;

export interface MoneyFormat {
  currency: string;
  /** Digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD. */
  exponent: number;
}

const formats = new Map<string, Intl.NumberFormat>();

function formatter(locale: string, currency: string, digits: number, code: boolean) {
  const key = `${locale} ${currency} ${digits} ${code}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      currencyDisplay: code ? 'code' : 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(key, format);
  }
  return format;
}

/** 150000 → "£1,500"; the minor digits are shown only when they are not zero. */
export function formatMoney(
  minor: number,
  { currency, exponent }: MoneyFormat,
  locale: string,
  options: { code?: boolean } = {},
): string {
  const fraction = minor % 10 ** exponent === 0 ? 0 : exponent;
  const format = formatter(locale, currency, fraction, options.code ?? false);
  // Intl reads a decimal string exactly; a division could lose the last digit.
  return format.format(decimal(minor, exponent) as unknown as number);
}

/** The plain decimal for an input field: 150050 → "1500.50". */
export function decimal(minor: number, exponent: number): string {
  const sign = minor < 0 ? '-' : '';
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  return exponent === 0 || /^0*$/.test(fraction) ? sign + whole : `${sign}${whole}.${fraction}`;
}

export type ParsedMoney =
  | { ok: true; minor: number }
  | { ok: false; reason: 'empty' | 'invalid' | 'too_many_decimals' | 'out_of_range' };

const failed = (reason: 'empty' | 'invalid' | 'too_many_decimals' | 'out_of_range') =>
  ({ ok: false, reason }) as const;

/**
 * Reads what a person typed: "1500", "£1,500.50", "1 500,50", "1.500".
 *
 * One separator followed by exactly three digits groups thousands, unless the currency has three
 * minor digits, where it would be ambiguous and counts as the decimal sign.
 */
export function parseMoney(text: string, exponent: number): ParsedMoney {
  const bare = text.replace(/[\s\u00a0\u202f\u2009'’_]/g, '').replace(/^[^\d.,-]+|[^\d.,]+$/g, '');
  if (bare === '') return failed(text.trim() === '' ? 'empty' : 'invalid');
  if (!/^\d*(?:[.,]\d+)*$/.test(bare)) return failed('invalid');
  const marks = bare.match(/[.,]/g) ?? [];
  let whole = bare;
  let fraction = '';
  if (marks.length > 0) {
    const last = bare.slice(Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(',')) + 1);
    const mixed = marks.some((mark) => mark !== marks[0]);
    const grouping = !mixed && (marks.length > 1 || (last.length === 3 && exponent !== 3));
    if (!grouping) {
      whole = bare.slice(0, bare.length - last.length - 1);
      fraction = last;
    }
    if (!/^\d*$/.test(whole) && !/^\d{1,3}(?:[.,]\d{3})+$/.test(whole)) return failed('invalid');
    if (new Set(whole.match(/[.,]/g)).size > 1) return failed('invalid');
    whole = whole.replace(/[.,]/g, '');
  }
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > exponent) return failed('too_many_decimals');
  const digits = (whole + significant.padEnd(exponent, '0')).replace(/^0+(?=\d)/, '');
  if (digits === '') return failed('invalid');
  if (digits.length > 16 || Number(digits) > MINOR_MAX) return failed('out_of_range');
  return { ok: true, minor: Number(digits) };
}
