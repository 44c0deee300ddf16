/**
 * What this browser knows of one sale: a pure reduction of the server's messages.
 *
 * Every update names the one before it (`after_seq`). When that is newer than what we have, we
 * missed something, and nothing later is applied until the socket has caught up (`gap`).
 */
import type { BidView } from '../api/resources';
import type {
  LotView,
  Presence,
  SaleEvent,
  SaleView,
  ServerMessage,
  StaffView,
  Update,
  Uuid,
  You,
  YouLot,
} from '../wire/messages';
import { mergeFetched, recordEvent, type History } from './history';
import { isSealed, ownLot, takesSealedBids } from './standing';

export interface SaleState {
  saleId: Uuid;
  /** `waiting`: nothing known yet; `synced`; `gap`: an update is missing, resubscribe. */
  sync: 'waiting' | 'synced' | 'gap';
  seq: number | null;
  sale: SaleView | null;
  lots: Readonly<Record<Uuid, LotView>>;
  you: You | null;
  staff: StaffView | null;
  presence: Presence | null;
  history: Readonly<Record<Uuid, History>>;
  /** Counts what made kept histories stale: what was asked for before the last time may lack bids. */
  historyVersion: number;
  /** The lot on the block, or the last one that was: what a room sale puts in the middle. */
  stageLotId: Uuid | null;
  /** Lots under fair warning, each with the number of what brought it. */
  warnings: Readonly<Record<Uuid, number>>;
  /** Lots whose hammer was lifted as the last thing that happened to them. */
  lifted: Readonly<Record<Uuid, { byBid: boolean }>>;
  /** Counts what only staff lists over REST show, so that they know when to read again. */
  registrationsVersion: number;
  /** Counts changes of the absentee book that came without the book itself. */
  bookVersion: number;
}

export type SaleAction =
  | { type: 'message'; message: ServerMessage }
  | { type: 'history_fetched'; lotId: Uuid; bids: BidView[]; asOf: number }
  | { type: 'registered'; paddle: number; status: You['status'] };

export function emptySale(saleId: Uuid): SaleState {
  return {
    saleId,
    sync: 'waiting',
    seq: null,
    sale: null,
    lots: {},
    you: null,
    staff: null,
    presence: null,
    history: {},
    historyVersion: 0,
    stageLotId: null,
    warnings: {},
    lifted: {},
    registrationsVersion: 0,
    bookVersion: 0,
  };
}

export function reduce(state: SaleState, action: SaleAction): SaleState {
  switch (action.type) {
    case 'message':
      return reduceMessage(state, action.message);
    case 'history_fetched': {
      const known = state.history[action.lotId];
      const isCurrent = action.asOf === state.historyVersion;
      const merged = mergeFetched(known, action.bids, isCurrent);
      return { ...state, history: { ...state.history, [action.lotId]: merged } };
    }
    case 'registered': {
      const { paddle, status } = action;
      const unbound = { limit_minor: null, exposure_minor: 0, left_minor: null, lots: [] };
      const known = state.you?.paddle === paddle ? state.you : unbound;
      return { ...state, you: { ...known, paddle, status } };
    }
  }
}

function reduceMessage(state: SaleState, message: ServerMessage): SaleState {
  if ('sale_id' in message && message.sale_id !== state.saleId) return state;
  switch (message.type) {
    case 'snapshot': {
      const lots = Object.fromEntries(message.lots.map((lot) => [lot.lot_id, lot]));
      // A jump in seq means that the kept histories may lack bids; they are read again.
      const continuous = state.seq === message.seq;
      return {
        ...(continuous ? state : markStale(state)),
        sync: 'synced',
        seq: message.seq,
        sale: message.sale,
        lots,
        you: message.you,
        staff: message.staff,
        stageLotId: message.sale.current_lot_id ?? state.stageLotId,
        warnings: continuous ? state.warnings : warningsOf(message.lots, message.seq),
        lifted: continuous ? state.lifted : {},
        registrationsVersion: state.registrationsVersion + 1,
      };
    }
    case 'resumed':
      // The missed updates follow; they carry on from our seq or there is a gap again.
      return state.seq === null ? state : { ...state, sync: 'synced' };
    case 'update':
      return reduceUpdate(state, message);
    case 'you':
      return { ...state, you: message.you };
    case 'notice':
      // What it is about may have come without an event: of sealed bids there is none.
      return markStale(state, message.lot_id);
    case 'bid_accepted': {
      const { lot_id, max_minor } = message;
      if (!state.you || max_minor === null) return state;
      // A sealed bid has no price either.
      const lot = state.lots[lot_id];
      const sealed = lot !== undefined && isSealed(lot) && lot.state !== 'pending';
      const booked = message.price_minor === null && !sealed;
      const own = booked ? { absentee_minor: max_minor } : { max_minor };
      return {
        // No update follows on a sealed bid.
        ...(sealed ? markStale(state, lot_id) : state),
        you: withOwnLot(state.you, lot_id, (known) => ({ ...known, ...own })),
      };
    }
    case 'presence':
      return { ...state, presence: message };
    default:
      return state;
  }
}

function reduceUpdate(state: SaleState, update: Update): SaleState {
  if (state.seq === null || update.seq <= state.seq || state.sync === 'gap') return state;
  if (update.after_seq > state.seq) return { ...state, sync: 'gap' };
  const changed = Object.fromEntries(update.lots.map((lot) => [lot.lot_id, lot]));
  const sale = update.sale ?? state.sale;
  const next: SaleState = {
    ...state,
    seq: update.seq,
    lots: { ...state.lots, ...changed },
    sale,
    stageLotId: sale?.current_lot_id ?? state.stageLotId,
    warnings: warningsAfter(state, update),
    lifted: liftedAfter(state, update),
    you: update.lots.reduce((you, lot) => foldOwnStanding(you, lot, update), state.you),
    history: withoutOffersBefore(state, update),
  };
  return update.events.reduce((s, event) => reduceEvent(s, event, update, state), next);
}

function reduceEvent(
  state: SaleState,
  event: SaleEvent,
  update: Update,
  before: SaleState,
): SaleState {
  switch (event.kind) {
    case 'bid_accepted':
    case 'bid_retracted': {
      // A page read over REST may be ahead of the socket; its bids are not counted twice.
      const newest = before.history[event.lot_id]?.bids[0]?.seq ?? 0;
      if (event.kind === 'bid_accepted' && newest >= update.seq) return state;
      const mine = state.you?.paddle ?? null;
      const history = recordEvent(state.history[event.lot_id], event, update, mine);
      return { ...state, history: { ...state.history, [event.lot_id]: history } };
    }
    case 'registration_changed':
      return { ...state, registrationsVersion: state.registrationsVersion + 1 };
    case 'bids_retracted': {
      // Which of the bids were whose only the server knows for certain.
      return markStale(state, event.lot_id);
    }
    case 'lot_sold':
    case 'lot_unsold': {
      // Staff may read sealed bids from now on.
      const lot = state.lots[event.lot_id];
      if (!lot || !takesSealedBids(lot.format)) return state;
      return markStale(state, event.lot_id);
    }
    case 'absentee_left':
    case 'absentee_withdrawn':
      return { ...state, bookVersion: state.bookVersion + 1 };
    default:
      return state;
  }
}

/** Public updates tell who leads; our own `leading` flags follow without waiting for `you`. */
function foldOwnStanding(you: You | null, lot: LotView, update: Update): You | null {
  if (!you) return you;
  const leading = lot.leader?.paddle === you.paddle;
  const bid = update.events.some(
    (event) =>
      event.kind === 'bid_accepted' && event.lot_id === lot.lot_id && event.paddle === you.paddle,
  );
  const own = ownLot(you, lot.lot_id);
  if (!own && !bid && !leading) return you;
  const shown = leading || (bid && own?.max_minor == null) ? lot.price_minor : null;
  return withOwnLot(you, lot.lot_id, (known) => ({
    ...known,
    leading,
    max_minor: shown === null ? known.max_minor : Math.max(known.max_minor ?? 0, shown),
  }));
}

function withOwnLot(you: You, lotId: Uuid, change: (known: YouLot) => YouLot): You {
  const unknown = { lot_id: lotId, max_minor: null, leading: false, absentee_minor: null };
  const rest = you.lots.filter((other) => other.lot_id !== lotId);
  return { ...you, lots: [...rest, change(ownLot(you, lotId) ?? unknown)] };
}

function warningsOf(lots: readonly LotView[], seq: number): SaleState['warnings'] {
  const warned = lots.filter((lot) => lot.fair_warning);
  return Object.fromEntries(warned.map(({ lot_id }) => [lot_id, seq]));
}

function warningsAfter({ warnings }: SaleState, update: Update): SaleState['warnings'] {
  const after = { ...warnings };
  for (const { lot_id, fair_warning } of update.lots) if (!fair_warning) delete after[lot_id];
  for (const event of update.events) {
    if (event.kind === 'fair_warning') after[event.lot_id] = update.seq;
  }
  return after;
}

function liftedAfter({ lifted }: SaleState, update: Update): SaleState['lifted'] {
  const after = { ...lifted };
  for (const { lot_id } of update.lots) delete after[lot_id];
  for (const event of update.events) {
    if (event.kind === 'hammer_lifted') after[event.lot_id] = { byBid: event.by_bid };
  }
  return after;
}

/** A lot that is offered again has none of the bids that it had. */
function withoutOffersBefore(state: SaleState, update: Update): SaleState['history'] {
  const again = update.lots.filter(({ lot_id, reoffers }) => {
    const before = state.lots[lot_id]?.reoffers ?? 0;
    return reoffers > before && state.history[lot_id];
  });
  if (again.length === 0) return state.history;
  const history = { ...state.history };
  for (const { lot_id } of again) delete history[lot_id];
  return history;
}

/** Has the histories read again: that of one lot, or all. */
function markStale(state: SaleState, lotId?: Uuid): SaleState {
  const history = Object.fromEntries(
    Object.entries(state.history).map(([id, entry]) => [
      id,
      lotId === undefined || id === lotId ? { ...entry, complete: false } : entry,
    ]),
  );
  return { ...state, history, historyVersion: state.historyVersion + 1 };
}
