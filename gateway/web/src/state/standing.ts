/** Where a bidder stands on a lot, said in one word. Pure. */
import type { Channel, Format, LotView, You, YouLot } from '../wire/messages';

export type Standing =
  | 'none' // has not bid
  | 'absentee' // a maximum waits in the book
  | 'sealed' // a sealed bid stands
  | 'leading'
  | 'outbid'
  | 'won'
  | 'lost'
  | 'passed'; // has bid, but the lot went unsold

/** Bids are hidden from everybody but their own bidders, now or once it opens. */
export function isSealed({ format, outcome }: Pick<LotView, 'format' | 'outcome'>): boolean {
  return takesSealedBids(format) && outcome === null;
}

export function takesSealedBids(format: Format): boolean {
  return format === 'sealed_first_price' || format === 'vickrey';
}

export function ownLot(you: You | null, lotId: string): YouLot | null {
  return you?.lots.find((own) => own.lot_id === lotId) ?? null;
}

export function standing(lot: LotView | undefined, you: You | null): Standing {
  if (!lot || !you) return 'none';
  const own = ownLot(you, lot.lot_id);
  const bid = own !== null && (own.max_minor !== null || own.absentee_minor !== null);
  if (lot.state === 'pending') return own?.absentee_minor != null ? 'absentee' : 'none';
  const leads = lot.leader !== null && lot.leader.paddle === you.paddle;
  if (lot.state === 'closed') {
    // What became of it is told by the lot that it was sold with.
    if (lot.outcome?.result === 'sold_with') return 'none';
    if (lot.outcome?.result === 'sold' && lot.outcome.winner_paddle === you.paddle) return 'won';
    if (!bid && !leads) return 'none';
    return lot.outcome?.result === 'sold' ? 'lost' : 'passed';
  }
  if (leads) return 'leading';
  if (!bid) return 'none';
  return isSealed(lot) ? 'sealed' : 'outbid';
}

/** Who leads, as the public may know it. */
export type LeaderLabel =
  { who: 'nobody' } | { who: 'you' } | { who: Place; paddle: number | null };

type Place = 'room' | 'phone' | 'online' | 'book' | 'house';

/** The word for where a bid came from. */
export const place: Record<Channel, Place> = {
  floor: 'room',
  phone: 'phone',
  online: 'online',
  absentee: 'book',
  house: 'house',
};

export function leaderLabel(lot: LotView | undefined, you: You | null): LeaderLabel {
  const leader = lot?.leader;
  if (!leader) return { who: 'nobody' };
  if (you && leader.paddle !== null && leader.paddle === you.paddle) return { who: 'you' };
  return { who: place[leader.channel], paddle: leader.paddle };
}
