import { beforeEach, expect, it } from 'vitest';
import { LOT, SALE } from '../testing/messages';
import type { Notice } from '../wire/messages';
import { noticeKey, Notices, NOTICES_KEPT_MAX } from './notices';

let kept: string | null;
let shown: readonly Notice[];

function open(): Notices {
  return new Notices({
    onChange: (notices) => (shown = notices),
    store: { load: () => kept, save: (text) => (kept = text) },
  });
}

const notice = (seq: number, change: Partial<Notice> = {}): Notice => ({
  type: 'notice',
  sale_id: SALE,
  seq,
  lot_id: LOT,
  notice: 'lead_lost',
  price_minor: 100,
  leading: false,
  ...change,
});

beforeEach(() => {
  kept = null;
  shown = [];
});

it('keeps what it is told until it is put away, over a reload too', () => {
  const before = open();
  before.signedIn('ann');
  before.take(notice(5));
  before.take(notice(6, { notice: 'lead_gained' }));
  const after = open();
  expect(shown.map((told) => told.seq)).toEqual([5, 6]);
  after.signedIn('ann');
  after.dismiss(noticeKey(notice(5)));
  expect(shown.map((told) => told.seq)).toEqual([6]);
});

it('takes what two connections of one bidder are told as one', () => {
  const notices = open();
  notices.signedIn('ann');
  notices.take(notice(5));
  notices.take(notice(5));
  expect(shown).toHaveLength(1);
  notices.take(notice(5, { lot_id: 'lot-2' }));
  expect(shown).toHaveLength(2);
});

it('is not told to whoever signs in next', () => {
  const ann = open();
  ann.signedIn('ann');
  ann.take(notice(5));
  const ben = open();
  ben.signedIn('ben');
  expect(shown).toEqual([]);
});

it('is bounded, and survives a damaged store', () => {
  kept = '{"userId":7';
  const notices = open();
  notices.signedIn('ann');
  for (let seq = 0; seq < 2 * NOTICES_KEPT_MAX; seq++) notices.take(notice(seq));
  expect(shown).toHaveLength(NOTICES_KEPT_MAX);
  expect(shown.at(-1)?.seq).toBe(2 * NOTICES_KEPT_MAX - 1);
});
