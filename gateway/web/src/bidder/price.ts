/** The price of a lot that stands in the big figures, and what it is called. */
import { i18n } from '../i18n/index.svelte';
import type { Room } from '../state/room.svelte';
import { takesSealedBids } from '../state/standing';
import type { Lot } from '../api/resources';

export function shownPrice(room: Room, lot: Lot): number {
  const view = room.view(lot.id);
  const sold = view?.outcome?.price_minor;
  const start = lot.rules.dutch?.start_minor;
  return sold ?? view?.price_minor ?? start ?? room.minimum(lot);
}

export function priceLabel(room: Room, lot: Lot): string {
  const t = i18n.t;
  const view = room.view(lot.id);
  const { format } = lot.rules;
  if (view?.outcome?.result === 'sold') {
    return format === 'english' ? t.lot.hammer : t.formats.soldAt;
  }
  if (view?.state === 'closed') return t.lot[view.outcome?.result ?? 'unsold'];
  if (format === 'dutch') return t.formats.dutch.starts;
  if (takesSealedBids(format)) return t.formats.sealed.from;
  return view?.price_minor == null ? t.lot.opening : t.lot.current;
}
