/** What became of the bidder's bids on lots that are not in view: the room may have moved on. */
import type { Room } from '../state/room.svelte';
import type { IconName } from '../ui/Icon.svelte';
import type { Lot } from '../wire/messages';
import { fateLook, fateWords } from './fate';
import { standingLook } from './look';
import { standingNews, type NewsKind } from './standingNews';

export interface SaleNotice {
  key: string;
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
    return fate(room, lot, known?.kind) ?? [];
  });
  return [...results, ...fates].filter((notice) => notice.lot.id !== inView?.id);
}

function result(room: Room, lotId: string): (SaleNotice & { kind: NewsKind }) | null {
  const lot = room.lot(lotId);
  const news = lot && standingNews(room, lot);
  if (!news) return null;
  const { tone, icon } = standingLook[news.kind];
  const dismiss = () => room.live.dismissResult(lotId);
  const { kind, title, detail: text } = news;
  return { key: `${lotId} ${kind}`, kind, lot, tone, icon, title, text, dismiss };
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
