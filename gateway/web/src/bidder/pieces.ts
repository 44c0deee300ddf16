/** Times the money: a price for one piece, and what the winner pays for all of them. */
import { i18n } from '../i18n/index.svelte';
import type { Room } from '../state/room.svelte';
import type { Lot } from '../api/resources';

export function pieces(room: Room, lot: Lot): number {
  return room.view(lot.id)?.quantity ?? lot.rules.quantity;
}

/** "× 6 = £3,000"; nothing where the lot is one piece. */
export function timesTheMoney(room: Room, lot: Lot, eachMinor: number): string {
  const count = pieces(room, lot);
  return count === 1 ? '' : i18n.t.formats.quantity.times(count, room.money(eachMinor * count));
}

/** The price, and what it comes to. */
export function forPieces(room: Room, lot: Lot, eachMinor: number): string {
  return [room.money(eachMinor), timesTheMoney(room, lot, eachMinor)].filter(Boolean).join(' ');
}
