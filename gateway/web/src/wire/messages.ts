/**
 * Every message and resource of the wire contract, as it is on the wire.
 * Money is in minor units (`_minor`), times are Unix milliseconds UTC (`_ms`).
 */

export type Uuid = string;

// ---- shared values ---------------------------------------------------------------------------

export type Channel = 'online' | 'floor' | 'phone' | 'absentee';
export type LotPhase = 'pending' | 'open' | 'paused' | 'closed';
export type SaleStatus = 'draft' | 'published' | 'live' | 'ended';
export type RegistrationStatus = 'pending' | 'approved' | 'suspended';
export type Role = 'bidder' | 'auctioneer' | 'admin';

export interface SaleView {
  status: SaleStatus;
  current_lot_id: Uuid | null;
  message: string | null;
}

export interface Leader {
  /** Null: a room bidder without a paddle. */
  paddle: number | null;
  channel: Channel;
}

export interface Outcome {
  result: 'sold' | 'unsold';
  price_minor: number | null;
  winner_paddle: number | null;
}

export interface LotView {
  lot_id: Uuid;
  state: LotPhase;
  price_minor: number | null;
  leader: Leader | null;
  minimum_minor: number | null;
  ask_minor: number | null;
  step_minor: number | null;
  reserve_met: boolean | null;
  closes_at_ms: number | null;
  fair_warning: boolean;
  bid_count: number;
  extensions: number;
  outcome: Outcome | null;
}

export interface YouLot {
  lot_id: Uuid;
  /** Highest own amount or maximum, null before the first bid. */
  max_minor: number | null;
  leading: boolean;
  absentee_minor: number | null;
}

export interface You {
  paddle: number;
  status: RegistrationStatus;
  lots: YouLot[];
}

export interface BookLot {
  lot_id: Uuid;
  count: number;
  highest_minor: number | null;
  entries: { paddle: number | null; max_minor: number; at_ms: number }[];
}

export interface StaffView {
  book: BookLot[];
}

// ---- events ----------------------------------------------------------------------------------

export interface BidAcceptedEvent {
  kind: 'bid_accepted';
  lot_id: Uuid;
  paddle: number | null;
  channel: Channel;
  price_minor: number;
  took_lead: boolean;
  /** Staff only. */
  bid_id?: Uuid;
  /** Staff only. */
  offer?: 'bid' | 'max';
}

export type SaleEvent =
  | BidAcceptedEvent
  | { kind: 'lot_opened'; lot_id: Uuid }
  | { kind: 'ask_set'; lot_id: Uuid; ask_minor: number }
  | { kind: 'step_set'; lot_id: Uuid; step_minor: number | null }
  | { kind: 'close_extended'; lot_id: Uuid; closes_at_ms: number }
  | { kind: 'fair_warning'; lot_id: Uuid }
  | { kind: 'paused'; lot_id: Uuid }
  | { kind: 'resumed'; lot_id: Uuid }
  | { kind: 'lot_sold'; lot_id: Uuid; price_minor: number; winner_paddle: number | null }
  | { kind: 'lot_unsold'; lot_id: Uuid }
  | { kind: 'bid_retracted'; lot_id: Uuid; seq_of_bid: number; bid_id?: Uuid }
  | { kind: 'lot_reopened'; lot_id: Uuid }
  | { kind: 'message'; text: string }
  | { kind: 'sale_started' }
  | { kind: 'sale_ended' }
  | { kind: 'absentee_left'; lot_id: Uuid }
  | { kind: 'registration_changed'; paddle: number; user_id: Uuid; status: RegistrationStatus };

// ---- server → client -------------------------------------------------------------------------

export interface Snapshot {
  type: 'snapshot';
  sale_id: Uuid;
  seq: number;
  server_time_ms: number;
  sale: SaleView;
  lots: LotView[];
  you: You | null;
  staff: StaffView | null;
}

export interface Update {
  type: 'update';
  sale_id: Uuid;
  /** The update before this one for the same audience: whoever has less has missed something. */
  after_seq: number;
  /** Numbers grow, but are not consecutive. */
  seq: number;
  at_ms: number;
  events: SaleEvent[];
  sale?: SaleView;
  /** Those that changed. */
  lots: LotView[];
}

export interface Resumed {
  type: 'resumed';
  sale_id: Uuid;
  from_seq: number;
  seq: number;
}

export interface YouMessage {
  type: 'you';
  sale_id: Uuid;
  seq: number;
  you: You;
}

export interface Presence {
  type: 'presence';
  sale_id: Uuid;
  watchers: number;
  online: { paddle: number | null; display_name: string }[];
}

export interface BidAccepted {
  type: 'bid_accepted';
  bid_id: Uuid;
  sale_id: Uuid;
  lot_id: Uuid;
  seq: number;
  at_ms: number;
  leading: boolean;
  price_minor: number | null;
  minimum_minor: number | null;
  max_minor: number | null;
  repeated: boolean;
}

export interface BidRefused {
  type: 'bid_refused';
  bid_id: Uuid;
  sale_id: Uuid;
  lot_id: Uuid | null;
  code: string;
  message: string;
  minimum_minor: number | null;
  final: boolean;
  repeated: boolean;
}

export interface CommandDone {
  type: 'command_done';
  command_id: Uuid;
  sale_id: Uuid;
  seq: number;
}

export interface CommandRefused {
  type: 'command_refused';
  command_id: Uuid;
  sale_id: Uuid;
  code: string;
  message: string;
  minimum_minor: number | null;
}

export type ServerMessage =
  | Snapshot
  | Update
  | Resumed
  | YouMessage
  | Presence
  | BidAccepted
  | BidRefused
  | CommandDone
  | CommandRefused
  | { type: 'signed_in'; user: User; server_time_ms: number }
  | { type: 'pong'; t: number; server_time_ms: number }
  | { type: 'error'; code: string; message: string };

// ---- client → server -------------------------------------------------------------------------

export type Command =
  | { kind: 'start_sale' | 'end_sale' | 'next_lot' }
  | { kind: 'open_lot' | 'fair_warning' | 'pause' | 'resume'; lot_id: Uuid }
  | {
      kind: 'floor_bid';
      lot_id: Uuid;
      bid_id: Uuid;
      amount_minor: number;
      currency: string;
      paddle: number | null;
      channel: 'floor' | 'phone';
    }
  | {
      kind: 'absentee_bid';
      lot_id: Uuid;
      bid_id: Uuid;
      paddle: number;
      max_minor: number;
      currency: string;
    }
  | { kind: 'set_ask'; lot_id: Uuid; ask_minor: number }
  | { kind: 'set_step'; lot_id: Uuid; step_minor: number | null }
  | {
      kind: 'hammer';
      lot_id: Uuid;
      result: 'sold';
      /** The price that was shown: at another one nothing is sold. */
      price_minor: number;
      override_reserve?: boolean;
      paddle?: number;
    }
  | { kind: 'hammer'; lot_id: Uuid; result: 'pass' }
  | { kind: 'retract'; lot_id: Uuid; bid_id: Uuid }
  | { kind: 'reopen'; lot_id: Uuid; closes_at_ms?: number }
  | { kind: 'message'; text: string };

interface BidBase {
  type: 'bid';
  bid_id: Uuid;
  sale_id: Uuid;
  lot_id: Uuid;
  currency: string;
}
/** Exactly one of the two amounts. */
export type BidMessage = BidBase & ({ amount_minor: number } | { max_minor: number });

export type ClientMessage =
  | BidMessage
  | { type: 'sign_in'; token: string }
  | { type: 'subscribe'; sale_id: Uuid; last_seq?: number }
  | { type: 'unsubscribe'; sale_id: Uuid }
  | { type: 'bid_status'; sale_id: Uuid; bid_id: Uuid }
  | { type: 'command'; command_id: Uuid; sale_id: Uuid; command: Command }
  | { type: 'ping'; t: number };

// ---- REST resources --------------------------------------------------------------------------

export interface User {
  id: Uuid;
  name: string;
  display_name: string;
  email: string | null;
  role: Role;
  locale: 'en' | 'ru';
}

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
}

export interface Rules {
  version: 1;
  format: string;
  opening_price_minor: number;
  increments: Increment[];
  /** Staff only. */
  reserve_price_minor?: number | null;
  reserve_rule: 'hold' | 'jump' | 'post_in_full';
  tie_rule: 'earliest' | 'floor';
  off_increment: 'accept' | 'reject';
  closes_at_ms: number | null;
  soft_close: null | { window_ms: number; extend_ms: number; max_extensions: number | null };
  seller: Uuid | null;
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
}

export interface BidView {
  seq: number;
  at_ms: number;
  paddle: number | null;
  channel: Channel;
  amount_minor: number;
  kind: 'bid' | 'max';
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
  result: 'sold' | 'unsold';
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
