import { readFileSync } from 'node:fs';
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
    const contract = readFileSync(
      new URL('../../../../docs/asyncapi.yaml', import.meta.url),
      'utf8',
    );
    const section = /^    BidRefusalCode:[^]*?(?=^    ReservedCode:)/m.exec(contract)?.[0] ?? '';
    const listed = [...section.matchAll(/\{const: (\w+),/g)].map(([, code]) => code as string);
    expect(listed).toContain('below_minimum');
    expect(listed).toContain('unknown_fate');
    // The last two are of this side; the others end a connection.
    const codes = [...listed, 'unauthorised', 'forbidden', 'not_connected', 'unknown'];
    for (const code of codes) expect(en.refusals[code], code).toBeTruthy();
  });

  it('name every problem of the REST API', () => {
    const server = readFileSync(new URL('../../../src/problem/code.rs', import.meta.url), 'utf8');
    const listed = [...server.matchAll(/=>\s*\(\s*"(\w+)"/g)].map(([, code]) => code as string);
    const count = Number(/ALL: \[Self; (\d+)\]/.exec(server)?.[1]);
    expect(listed).toHaveLength(count);
    for (const code of [...listed, 'offline']) expect(en.problems[code], code).toBeTruthy();
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
