/** What became of a bid, in words and in looks. */
import { session } from '../api/session.svelte';
import { i18n } from '../i18n/index.svelte';
import type { Attempt, Fate } from '../state/bids';
import type { Room } from '../state/room.svelte';
import { takesSealedBids } from '../state/standing';
import type { IconName } from '../ui/Icon.svelte';
import { pieces } from './pieces';

export const fateLook: Record<Fate['phase'], { tone: '' | 'warn' | 'bad'; icon: IconName }> = {
  sending: { tone: '', icon: 'refresh' },
  checking: { tone: 'warn', icon: 'clock' },
  accepted: { tone: '', icon: 'check' },
  refused: { tone: 'bad', icon: 'alert' },
};

export function fateWords(room: Room, attempt: Attempt): string {
  const { amountMinor, fate } = attempt;
  const t = i18n.t.bid;
  const amount = room.money(amountMinor);
  switch (fate.phase) {
    case 'sending':
      return t.sending(amount);
    case 'checking':
      if (!session.user) return t.checkingSignedOut(amount);
      return room.online ? t.checking(amount) : t.checkingOffline(amount);
    case 'accepted':
      return accepted(room, attempt, fate);
    case 'refused':
      return `${t.refused(amount)} ${reason(room, attempt, fate)}`;
  }
}

type Accepted = Extract<Fate, { phase: 'accepted' }>;
type Refused = Extract<Fate, { phase: 'refused' }>;

function accepted(room: Room, { lotId, amountMinor, kind }: Attempt, fate: Accepted): string {
  const { bid: t, formats } = i18n.t;
  const amount = room.money(amountMinor);
  const format = room.lot(lotId)?.rules.format ?? 'english';
  if (takesSealedBids(format)) return formats.sealed.accepted(amount);
  if (fate.priceMinor === null) return t.acceptedBook(amount);
  if (format === 'dutch') return formats.dutch.won(room.money(fate.priceMinor));
  if (kind === 'buy_now') return formats.buyNow.accepted(room.money(fate.priceMinor));
  if (!fate.leading) return t.acceptedNotLeading(amount);
  return kind === 'max' ? t.acceptedMax(amount) : t.accepted(amount);
}

/** Why a bid does not count, and what would. */
function reason(room: Room, { lotId, kind }: Attempt, fate: Refused): string {
  const { code, minimumMinor, maximumMinor } = fate;
  const t = i18n.t.formats;
  const lot = room.lot(lotId);
  const view = room.view(lotId);
  if (lot?.rules.format === 'dutch') {
    if (code === 'below_minimum' && minimumMinor !== null) {
      return t.dutch.stood(room.money(minimumMinor));
    }
    if (code === 'closed')
      return view?.outcome?.result === 'sold' ? t.dutch.tooLate : t.dutch.runOut;
  }
  switch (code) {
    case 'over_limit': {
      if (maximumMinor === null) break;
      const count = lot ? pieces(room, lot) : 1;
      const most = room.money(maximumMinor);
      return count > 1 ? t.limit.overPieces(most, count) : t.limit.over(most);
    }
    case 'after_hammer':
      return t.hammer.after;
    case 'no_buy_now':
      return t.buyNow.gone;
    case 'price_moved':
      if (kind === 'buy_now' && minimumMinor !== null) {
        return t.buyNow.moved(room.money(minimumMinor));
      }
  }
  // The minimum of the refusal may be old news by now, and none counts on a closed lot.
  const old = view?.state === 'closed' ? null : minimumMinor;
  const minimum = old === null ? null : Math.max(old, view?.minimum_minor ?? 0);
  return i18n.refusal(code, minimum, room.format);
}
