/** What the REST API answers with. */
import type {
  BidKind,
  Channel,
  DutchClock,
  Format,
  OutcomeResult,
  RegistrationStatus,
  Role,
  SaleStatus,
  User,
  Uuid,
} from '../wire/messages';

export interface Session {
  user: User;
  access_token: string;
  expires_at_ms: number;
}

export interface DemoAccount {
  name: string;
  password: string;
  role: Role;
  display_name: string;
}

export interface About {
  name: string;
  version: string;
  /** `sale_id`: null until the sale is there. */
  demo: null | { accounts: DemoAccount[]; sale_id: Uuid | null };
}

export interface SaleSummary {
  id: Uuid;
  title: string;
  description: string;
  location: string;
  kind: 'room' | 'timed';
  currency: string;
  exponent: number;
  starts_at_ms: number;
  status: SaleStatus;
  lot_count: number;
  current_lot_id: Uuid | null;
  cover_lot_id: Uuid | null;
}

export interface Increment {
  from_minor: number;
  step_minor: number;
  /** Basis points of the price; beside it `step_minor` is the least step. */
  step_bp?: number | null;
}

export interface Rules {
  version: 1 | 2;
  format: Format;
  opening_price_minor: number;
  increments: Increment[];
  /** Staff only. */
  reserve_price_minor?: number | null;
  reserve_rule: 'hold' | 'jump' | 'post_in_full';
  tie_rule: 'earliest' | 'floor';
  off_increment: 'accept' | 'reject';
  closes_at_ms: number | null;
  soft_close: null | {
    window_ms: number;
    extend_ms: number;
    max_extensions: number | null;
    group?: number | null;
  };
  seller: Uuid | null;
  dutch: Omit<DutchClock, 'opened_at_ms'> | null;
  /** Sealed formats: a bidder may replace the bid. */
  revisions: boolean;
  /** Instead of `closes_at_ms`. */
  runs: { from: 'opening' | 'first_bid'; duration_ms: number } | null;
  hammer_window_ms: number;
  buy_now_price_minor: number | null;
  /** Times the money. */
  quantity: number;
  /** The auctioneer may bid for the seller below the reserve; false for all but staff. */
  house_bids: boolean;
}

export interface Lot {
  id: Uuid;
  sale_id: Uuid;
  position: number;
  number: string;
  title: string;
  artist: string;
  description: string;
  estimate_low_minor: number | null;
  estimate_high_minor: number | null;
  rules: Rules;
  seller_id: Uuid | null;
  has_picture: boolean;
}

export interface Sale extends SaleSummary {
  auto_approve: boolean;
  book_visibility: 'hidden' | 'counts' | 'full';
  lots: Lot[];
}

export interface Registration {
  sale_id: Uuid;
  user_id: Uuid;
  name: string;
  display_name: string;
  paddle: number;
  status: RegistrationStatus;
  at_ms: number;
  /** What the bidder may be bound to in the sale at once; null: without bound. */
  limit_minor: number | null;
}

/** How far a bidder may go over all sales in a currency, and has gone. */
export interface Credit {
  currency: string;
  /** Null: without bound. */
  limit_minor: number | null;
  exposure_minor: number;
}

export interface BidView {
  seq: number;
  at_ms: number;
  paddle: number | null;
  channel: Channel;
  amount_minor: number;
  /** Staff and the bidder's own only. */
  kind?: BidKind;
  retracted: boolean;
  mine: boolean;
  /** Staff only. */
  bid_id?: Uuid;
  /** The bidder's own, and for staff as far as the house rules show it. */
  max_minor?: number | null;
}

export interface LotResult {
  lot_id: Uuid;
  number: string;
  title: string;
  result: OutcomeResult;
  price_minor: number | null;
  winner_paddle: number | null;
  closed_at_ms: number;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  fields?: { field: string; message: string }[];
}
