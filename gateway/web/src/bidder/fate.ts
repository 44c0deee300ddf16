/** What became of a bid, in words and in looks. */
import { session } from '../api/session.svelte';
import { i18n } from '../i18n/index.svelte';
import type { Attempt, Fate } from '../state/bids';
import type { Room } from '../state/room.svelte';
import type { IconName } from '../ui/Icon.svelte';

export const fateLook: Record<Fate['phase'], { tone: '' | 'warn' | 'bad'; icon: IconName }> = {
  sending: { tone: '', icon: 'refresh' },
  checking: { tone: 'warn', icon: 'clock' },
  accepted: { tone: '', icon: 'check' },
  refused: { tone: 'bad', icon: 'alert' },
};

export function fateWords(room: Room, { lotId, amountMinor, kind, fate }: Attempt): string {
  const t = i18n.t.bid;
  const amount = room.money(amountMinor);
  switch (fate.phase) {
    case 'sending':
      return t.sending(amount);
    case 'checking':
      if (!session.user) return t.checkingSignedOut(amount);
      return room.online ? t.checking(amount) : t.checkingOffline(amount);
    case 'accepted':
      if (fate.priceMinor === null) return t.acceptedBook(amount);
      if (!fate.leading) return t.acceptedNotLeading(amount);
      return kind === 'max' ? t.acceptedMax(amount) : t.accepted(amount);
    case 'refused': {
      // The minimum of the refusal may be old news by now, and none counts on a closed lot.
      const view = room.view(lotId);
      const old = view?.state === 'closed' ? null : fate.minimumMinor;
      const minimum = old === null ? null : Math.max(old, view?.minimum_minor ?? 0);
      return `${t.refused(amount)} ${i18n.refusal(fate.code, minimum, room.format)}`;
    }
  }
}
