import { describe, expect, it } from 'vitest';
import { en } from './en';
import { plural } from './plural';
import { ru } from './ru';

/** Every path to a text, so that the two dictionaries can be laid side by side. */
function texts(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

describe('dictionaries', () => {
  it('have the same texts, and none is empty', () => {
    const paths = (messages: unknown) => texts(messages).map(([path]) => path);
    expect(paths(ru)).toEqual(paths(en));
    for (const [path, text] of [...texts(en), ...texts(ru)]) {
      if (typeof text === 'string') expect(text.trim(), path).not.toBe('');
    }
  });

  it('are in their own language', () => {
    const latin = new Set(['.app.name']);
    for (const [path, text] of texts(ru)) {
      if (typeof text === 'string' && !latin.has(path)) expect(text, path).toMatch(/[а-яё]/i);
    }
  });

  it('name every refusal of the wire', () => {
    const codes = `below_minimum off_increment already_leading not_above_own_max seller_may_not_bid
      not_open closed paused wrong_format wrong_currency amount_out_of_range unknown_lot unknown_sale
      not_registered pending_approval suspended bid_id_reused not_received sale_ended busy
      rate_limited unavailable unauthorised already_open no_bids reserve_not_met unknown_bid
      not_closed not_paused another_lot_open no_next_lot unknown_paddle forbidden unknown_fate`.split(
      /\s+/,
    );
    for (const code of codes) expect(en.refusals[code], code).toBeTruthy();
  });
});

it('counts by the rules of the language', () => {
  expect([1, 2, 5, 11, 21, 22, 25].map((n) => ru.sales.lots(n))).toEqual([
    '1 лот',
    '2 лота',
    '5 лотов',
    '11 лотов',
    '21 лот',
    '22 лота',
    '25 лотов',
  ]);
  expect([0, 1, 2].map((n) => en.lot.bids(n))).toEqual(['0 bids', '1 bid', '2 bids']);
  expect(plural('en', 1, { other: 'x' })).toBe('x');
});
