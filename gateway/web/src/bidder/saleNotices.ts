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
  // Whoever won a lot has no care for a bid on it that failed.
  const won = new Set(results.filter((r) => r.kind === 'won').map((r) => r.lot.id));
  const fates = room.lots.flatMap((lot) => (won.has(lot.id) ? [] : (fate(room, lot) ?? [])));
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

function fate(room: Room, lot: Lot): SaleNotice | null {
  const attempt = room.live.attempts.findLast((a) => a.lotId === lot.id);
  if (!attempt) return null;
  const { phase } = attempt.fate;
  // An answer that came in time was told where the bid was made.
  if (phase === 'sending' || (phase === 'accepted' && !attempt.late)) return null;
  const key = `${attempt.bidId} ${phase}`;
  if (room.dismissed.includes(key)) return null;
  const { tone, icon } = fateLook[phase];
  const dismiss = () => (room.dismissed = [...room.dismissed, key]);
  return { key, lot, tone, icon, title: '', text: fateWords(room, attempt), dismiss };
}
