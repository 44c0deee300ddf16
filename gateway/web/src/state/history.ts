/**
 * The bids of a lot, newest first, merged from REST pages and live events by seq. Several bids may
 * share a seq: those that the house made from its book when the lot opened.
 */
import type { BidView } from '../api/resources';
import type { SaleEvent, Update } from '../wire/messages';

export interface History {
  bids: readonly BidView[];
  /** False until read over REST, and again after missed updates or a retraction. */
  complete: boolean;
}

const empty: History = { bids: [], complete: false };

/** `isCurrent`: nothing was missed while the request was under way. */
export function mergeFetched(
  known: History | undefined,
  fetched: readonly BidView[],
  isCurrent: boolean,
): History {
  const newest = fetched.reduce((seq, bid) => Math.max(seq, bid.seq), 0);
  // What arrived live while the request was under way is newer than the answer.
  const live = (known ?? empty).bids.filter((bid) => bid.seq > newest);
  return { bids: [...live, ...fetched].sort((a, b) => b.seq - a.seq), complete: isCurrent };
}

type HistoryEvent = Extract<SaleEvent, { kind: 'bid_accepted' | 'bid_retracted' }>;

export function recordEvent(
  known: History = empty,
  event: HistoryEvent,
  update: Update,
  ownPaddle: number | null,
): History {
  if (event.kind === 'bid_retracted') {
    const meant = ({ seq, bid_id }: BidView) =>
      event.bid_id === undefined || bid_id === undefined
        ? seq === event.seq_of_bid
        : bid_id === event.bid_id;
    // Without its id only the server knows which of several bids of one record it was.
    const certain = known.bids.filter(meant).length === 1;
    const bids = known.bids.map((bid) =>
      certain && meant(bid) ? { ...bid, retracted: true } : bid,
    );
    // Later bids may show other prices now; only the server knows which.
    return { bids, complete: false };
  }
  const bid: BidView = {
    seq: update.seq,
    at_ms: update.at_ms,
    paddle: event.paddle,
    channel: event.channel,
    amount_minor: event.price_minor,
    retracted: false,
    mine: event.paddle !== null && event.paddle === ownPaddle,
    ...(event.offer === undefined ? {} : { kind: event.offer }),
    ...(event.bid_id === undefined ? {} : { bid_id: event.bid_id }),
  };
  return { ...known, bids: [bid, ...known.bids] };
}

/** Whether a bid is that of the bidder with this paddle. */
export function isOwn(bid: BidView, paddle: number | null): boolean {
  return bid.mine || (bid.paddle !== null && bid.paddle === paddle);
}

/** The bidder's newest bid, when the auctioneer took it back and no other followed. */
export function takenBack(history: History | undefined, paddle: number | null): BidView | null {
  const newest = history?.bids.find((bid) => isOwn(bid, paddle));
  return newest?.retracted ? newest : null;
}

/** The newest bid that still stands: what "undo" takes back. */
export function lastStanding(history: History | undefined): BidView | null {
  return history?.bids.find((bid) => !bid.retracted) ?? null;
}

/** Tells the bids of a list apart for rendering, also those of one seq. */
export function bidKey(bids: readonly BidView[], index: number): string {
  const bid = bids[index];
  return bid?.bid_id ?? `${bid?.seq} ${bids.length - index}`;
}
