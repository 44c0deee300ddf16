/** What became of the bidder's bids on lots that are not in view: the room may have moved on. */
import { i18n } from '../i18n/index.svelte';
import type { Room } from '../state/room.svelte';
import { takesSealedBids } from '../state/standing';
import type { IconName } from '../ui/Icon.svelte';
import { noticeKey } from '../state/notices';
import type { Lot } from '../api/resources';
import type { Notice } from '../wire/messages';
import { fateLook, fateWords } from './fate';
import { standingLook } from './look';
import { standingNews, type NewsKind } from './standingNews';

export interface SaleNotice {
  key: string;
  /** Of something undone: what it means to the bidder. */
  kind?: Notice['notice'];
  lot: Lot;
  tone: string;
  icon: IconName;
  title: string;
  text: string;
  dismiss(): void;
}

/** Bids whose fate is open or was late come last: they are the more urgent. */
export function saleNotices(room: Room, inView: Lot | undefined): SaleNotice[] {
  const results = room.live.closedLots.flatMap((id) => result(room, id) ?? []);
  const fates = room.lots.flatMap((lot) => {
    const known = results.find((told) => told.lot === lot);
    return fate(room, lot, known?.standing) ?? [];
  });
  const elsewhere = [...results, ...fates].filter((notice) => notice.lot.id !== inView?.id);
  // What was undone is told wherever the bidder is, and last: it goes against what was said before.
  return [...elsewhere, ...room.live.notices.flatMap((notice) => undone(room, notice) ?? [])];
}

const tones: Record<Notice['notice'], SaleNotice['tone']> = {
  bid_retracted: 'bad',
  lead_lost: 'bad',
  lead_gained: 'good',
  price_changed: 'warn',
  lot_reopened: 'warn',
};

function undone(room: Room, notice: Notice): SaleNotice | null {
  const lot = room.lot(notice.lot_id);
  if (!lot) return null;
  const t = i18n.t.formats.notices;
  const { notice: kind, price_minor: price } = notice;
  const words = kind === 'bid_retracted' || kind === 'lot_reopened' ? [] : [t.undone];
  if (!takesSealedBids(lot.rules.format)) {
    words.push(price === null ? t.noPrice : t.now(room.money(price)));
  }
  const key = noticeKey(notice);
  const dismiss = () => room.live.dismissNotice(key);
  const text = words.join(' ');
  return { key, kind, lot, tone: tones[kind], icon: 'undo', title: t[kind], text, dismiss };
}

function result(room: Room, lotId: string): (SaleNotice & { standing: NewsKind }) | null {
  const lot = room.lot(lotId);
  const news = lot && standingNews(room, lot);
  if (!news) return null;
  const { tone, icon } = standingLook[news.kind];
  const dismiss = () => room.live.dismissResult(lotId);
  const { kind: standing, title, detail: text } = news;
  return { key: `${lotId} ${standing}`, standing, lot, tone, icon, title, text, dismiss };
}

function fate(room: Room, lot: Lot, known: NewsKind | undefined): SaleNotice | null {
  const attempt = room.live.attempts.findLast((a) => a.lotId === lot.id);
  // Whoever won a lot has no care for a bid on it that failed.
  if (!attempt || known === 'won') return null;
  const { phase } = attempt.fate;
  const accepted = phase === 'accepted';
  // An answer that came in time was told where the bid was made.
  if (phase === 'sending' || (accepted && (!attempt.late || known))) return null;
  const key = `${attempt.bidId} ${phase}`;
  if (room.dismissed.includes(key)) return null;
  const dismiss = () => (room.dismissed = [...room.dismissed, key]);
  const over = accepted && room.view(lot.id)?.state === 'closed' ? standingNews(room, lot) : null;
  if (over) {
    const { tone, icon } = standingLook[over.kind];
    return { key, lot, tone, icon, title: over.title, text: over.detail, dismiss };
  }
  const { tone, icon } = fateLook[phase];
  return { key, lot, tone, icon, title: '', text: fateWords(room, attempt), dismiss };
}
