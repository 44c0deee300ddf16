/**
 * Every message and resource of the wire contract, as it is on the wire.
 * Money is in minor units (`_minor`), times are Unix milliseconds UTC (`_ms`).
 */

export type Uuid = string;

// ---- shared values ---------------------------------------------------------------------------

export type Channel = 'online' | 'floor' | 'phone' | 'absentee' | 'house';
export type Format = 'english' | 'dutch' | 'sealed_first_price' | 'vickrey';
export type Together = 'combined' | 'choice';
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
  /** Null: a room bidder without a paddle, or the house that bids for the seller. */
  paddle: number | null;
  channel: Channel;
}

export type OutcomeResult = 'sold' | 'unsold' | 'withdrawn' | 'sold_with';

export interface Outcome {
  result: OutcomeResult;
  price_minor: number | null;
  winner_paddle: number | null;
  /** The leading lot that it was sold with. */
  with_lot_id: Uuid | null;
}

/** The price falls by `step_minor` every `every_ms`, never below `floor_minor`. */
export interface DutchClock {
  opened_at_ms: number;
  start_minor: number;
  step_minor: number;
  every_ms: number;
  floor_minor: number;
}

export interface LotView {
  lot_id: Uuid;
  format: Format;
  state: LotPhase;
  price_minor: number | null;
  leader: Leader | null;
  minimum_minor: number | null;
  ask_minor: number | null;
  step_minor: number | null;
  reserve_met: boolean | null;
  closes_at_ms: number | null;
  fair_warning: boolean;
  /** Null while bids are sealed. */
  bid_count: number | null;
  extensions: number;
  outcome: Outcome | null;
  /** Times the money: bids are for one piece. */
  quantity: number;
  buy_now_minor: number | null;
  clock: DutchClock | null;
  /** The hammer was struck and has not fallen yet. */
  hammer: { struck_at_ms: number; falls_at_ms: number; sold: boolean } | null;
  skipped: boolean;
  reoffers: number;
  group: { together: Together; others: Uuid[] } | null;
  /** The lot that it is offered together with and that takes the bids. */
  led_by: Uuid | null;
  /** A choice was won, and its winner has not chosen yet. */
  choice_due: boolean;
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
  /** Null: without bound. */
  limit_minor: number | null;
  exposure_minor: number;
  /** What the limit and the credit over all sales leave; null: without bound. */
  left_minor: number | null;
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

/** An exact amount, a maximum, or the fixed price. */
export type BidKind = 'bid' | 'max' | 'buy_now';

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
  offer?: BidKind;
}

export type SaleEvent =
  | BidAcceptedEvent
  | { kind: 'lot_opened'; lot_id: Uuid }
  | { kind: 'ask_set'; lot_id: Uuid; ask_minor: number }
  | { kind: 'step_set'; lot_id: Uuid; step_minor: number | null }
  | { kind: 'close_extended' | 'close_set'; lot_id: Uuid; closes_at_ms: number }
  | { kind: 'fair_warning'; lot_id: Uuid }
  | { kind: 'paused'; lot_id: Uuid }
  | { kind: 'resumed'; lot_id: Uuid }
  | { kind: 'lot_sold'; lot_id: Uuid; price_minor: number; winner_paddle: number | null }
  | { kind: 'lot_unsold' | 'lot_withdrawn'; lot_id: Uuid }
  | { kind: 'hammer_struck'; lot_id: Uuid; falls_at_ms: number; sold: boolean }
  | { kind: 'hammer_lifted'; lot_id: Uuid; by_bid: boolean }
  | { kind: 'lot_skipped' | 'lot_reoffered' | 'lots_split'; lot_id: Uuid }
  | { kind: 'lots_grouped'; lot_id: Uuid; together: Together; others: Uuid[] }
  | {
      kind: 'choice_made';
      lot_id: Uuid;
      taken: Uuid[];
      price_minor: number;
      winner_paddle: number | null;
    }
  | { kind: 'bids_retracted'; lot_id: Uuid; paddle: number | null }
  | { kind: 'bid_retracted'; lot_id: Uuid; seq_of_bid: number; bid_id?: Uuid }
  | { kind: 'lot_reopened'; lot_id: Uuid }
  | { kind: 'message'; text: string }
  | { kind: 'sale_started' }
  | { kind: 'sale_ended' }
  | { kind: 'absentee_left' | 'absentee_withdrawn'; lot_id: Uuid }
  | {
      kind: 'registration_changed';
      paddle: number;
      user_id: Uuid;
      status: RegistrationStatus;
      limit_minor: number | null;
    };

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

/** How many have a fair warning on display, and within which delays. */
export interface WarningSeen {
  type: 'warning_seen';
  sale_id: Uuid;
  lot_id: Uuid;
  /** The record that brought the warning. */
  seq: number;
  /** Registered bidders, those who have left since included. */
  seen: number;
  /** Registered bidders who follow the sale now. */
  online: number;
  /** Null: nobody has seen it yet. */
  median_ms: number | null;
  p95_ms: number | null;
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
  maximum_minor: number | null;
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
  maximum_minor: number | null;
}

/** What a command would bring. */
export interface Foresight {
  type: 'foresight';
  command_id: Uuid;
  sale_id: Uuid;
  seq: number;
  before: LotView;
  after: LotView;
}

/** Something was undone that the viewer is affected by. */
export interface Notice {
  type: 'notice';
  sale_id: Uuid;
  seq: number;
  lot_id: Uuid;
  notice: 'bid_retracted' | 'lead_lost' | 'lead_gained' | 'price_changed' | 'lot_reopened';
  price_minor: number | null;
  leading: boolean;
}

export type ServerMessage =
  | Snapshot
  | Update
  | Resumed
  | YouMessage
  | Presence
  | WarningSeen
  | BidAccepted
  | BidRefused
  | CommandDone
  | CommandRefused
  | Foresight
  | Notice
  | { type: 'signed_in'; user: User; server_time_ms: number }
  | { type: 'pong'; t: number; server_time_ms: number }
  | { type: 'error'; code: string; message: string };

export interface User {
  id: Uuid;
  name: string;
  display_name: string;
  email: string | null;
  role: Role;
  locale: 'en' | 'ru';
}

// ---- client → server -------------------------------------------------------------------------

export type Command =
  | { kind: 'start_sale' | 'end_sale' | 'next_lot' }
  | { kind: 'open_lot' | 'fair_warning' | 'pause' | 'resume'; lot_id: Uuid }
  | { kind: 'lift_hammer' | 'withdraw' | 'skip' | 'split'; lot_id: Uuid }
  | { kind: 'reoffer'; lot_id: Uuid; closes_at_ms?: number }
  | { kind: 'group'; together: Together; lots: Uuid[]; opening_minor?: number }
  | { kind: 'choose'; lot_id: Uuid; taken: Uuid[] }
  | {
      kind: 'floor_bid';
      lot_id: Uuid;
      bid_id: Uuid;
      amount_minor: number;
      currency: string;
      paddle: number | null;
      channel: EnteredChannel;
    }
  | {
      kind: 'absentee_bid';
      lot_id: Uuid;
      bid_id: Uuid;
      paddle: number;
      max_minor: number;
      currency: string;
    }
  | { kind: 'leave_book'; lot_id: Uuid; paddle: number }
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

/** Where the bids come from that the clerk enters. */
export type EnteredChannel = 'floor' | 'phone' | 'house';

/** What would a command bring? */
export type Question =
  | { kind: 'foresee_retract'; lot_id: Uuid; bid_id: Uuid }
  | { kind: 'foresee_reopen'; lot_id: Uuid; closes_at_ms?: number };

interface BidBase {
  type: 'bid';
  bid_id: Uuid;
  sale_id: Uuid;
  lot_id: Uuid;
  currency: string;
}
/** Exactly one of the three amounts. */
export type BidMessage = BidBase &
  ({ amount_minor: number } | { max_minor: number } | { buy_now_minor: number });

export type ClientMessage =
  | BidMessage
  | { type: 'sign_in'; token: string }
  | { type: 'subscribe'; sale_id: Uuid; last_seq?: number }
  | { type: 'unsubscribe'; sale_id: Uuid }
  | { type: 'bid_status'; sale_id: Uuid; bid_id: Uuid }
  | { type: 'command'; command_id: Uuid; sale_id: Uuid; command: Command | Question }
  | { type: 'leave_book'; command_id: Uuid; sale_id: Uuid; lot_id: Uuid }
  /** `seq`: of the update or snapshot that brought the warning. */
  | { type: 'warning_shown'; sale_id: Uuid; lot_id: Uuid; seq: number }
  | { type: 'ping'; t: number };
