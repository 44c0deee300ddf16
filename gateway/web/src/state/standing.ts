/** Where a bidder stands on a lot, said in one word. Pure. */
import type { Channel, LotView, You, YouLot } from '../wire/messages';

export type Standing =
  | 'none' // has not bid
  | 'absentee' // a maximum waits in the book
  | 'leading'
  | 'outbid'
  | 'won'
  | 'lost'
  | 'passed'; // has bid, but the lot went unsold

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
    if (lot.outcome?.result === 'sold' && lot.outcome.winner_paddle === you.paddle) return 'won';
    if (!bid && !leads) return 'none';
    return lot.outcome?.result === 'sold' ? 'lost' : 'passed';
  }
  if (leads) return 'leading';
  return bid ? 'outbid' : 'none';
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
