/**
 * What this browser knows of one sale: a pure reduction of the server's messages.
 *
 * The server numbers the updates of a sale 1, 2, 3 …; a number that is skipped means that we
 * missed something, and nothing later is applied until the socket has caught up (`gap`).
 */
import type {
  BidView,
  LotView,
  Presence,
  SaleEvent,
  SaleView,
  ServerMessage,
  StaffView,
  Update,
  Uuid,
  You,
} from '../wire/messages';
import { mergeFetched, recordEvent, type History } from './history';

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
  /** The lot on the block, or the last one that was: what a room sale puts in the middle. */
  stageLotId: Uuid | null;
  /** Counts what only staff lists over REST show, so that they know when to read again. */
  registrationsVersion: number;
  /** Counts changes of the absentee book that came without the book itself. */
  bookVersion: number;
}

export type SaleAction =
  | { type: 'message'; message: ServerMessage }
  | { type: 'history_fetched'; lotId: Uuid; bids: BidView[] }
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
    stageLotId: null,
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
      const merged = mergeFetched(known, action.bids);
      return { ...state, history: { ...state.history, [action.lotId]: merged } };
    }
    case 'registered': {
      const lots = state.you?.paddle === action.paddle ? state.you.lots : [];
      return { ...state, you: { paddle: action.paddle, status: action.status, lots } };
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
      const history = continuous ? state.history : markStale(state.history);
      return {
        ...state,
        sync: 'synced',
        seq: message.seq,
        sale: message.sale,
        lots,
        you: message.you,
        staff: message.staff,
        history,
        stageLotId: message.sale.current_lot_id ?? state.stageLotId,
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
    case 'presence':
      return { ...state, presence: message };
    default:
      return state;
  }
}

function reduceUpdate(state: SaleState, update: Update): SaleState {
  if (state.seq === null || update.seq <= state.seq) return state;
  if (state.sync === 'gap' || update.seq !== state.seq + 1) {
    return state.sync === 'gap' ? state : { ...state, sync: 'gap' };
  }
  const lots = update.lot ? { ...state.lots, [update.lot.lot_id]: update.lot } : state.lots;
  const sale = update.sale ?? state.sale;
  const next: SaleState = {
    ...state,
    seq: update.seq,
    lots,
    sale,
    stageLotId: sale?.current_lot_id ?? state.stageLotId,
    you: foldOwnStanding(state.you, update, lots),
  };
  return update.events.reduce((s, event) => reduceEvent(s, event, update), next);
}

function reduceEvent(state: SaleState, event: SaleEvent, update: Update): SaleState {
  switch (event.kind) {
    case 'bid_accepted':
    case 'bid_retracted': {
      const mine = state.you?.paddle ?? null;
      const history = recordEvent(state.history[event.lot_id], event, update, mine);
      return { ...state, history: { ...state.history, [event.lot_id]: history } };
    }
    case 'registration_changed':
      return { ...state, registrationsVersion: state.registrationsVersion + 1 };
    case 'absentee_left':
      return { ...state, bookVersion: state.bookVersion + 1 };
    default:
      return state;
  }
}

/** Public updates tell who leads; our own `leading` flags follow without waiting for `you`. */
function foldOwnStanding(
  you: You | null,
  update: Update,
  lots: SaleState['lots'],
): SaleState['you'] {
  const lot = update.lot && lots[update.lot.lot_id];
  if (!you || !lot) return you;
  const leading = lot.leader?.paddle === you.paddle;
  const bid = update.events.some(
    (event) => event.kind === 'bid_accepted' && event.paddle === you.paddle,
  );
  const known = you.lots.find((own) => own.lot_id === lot.lot_id);
  if (!known && !bid && !leading) return you;
  const own = known ?? { lot_id: lot.lot_id, max_minor: null, leading, absentee_minor: null };
  const shown = bid || leading ? lot.price_minor : null;
  const max_minor =
    shown !== null && (leading || own.max_minor === null)
      ? Math.max(own.max_minor ?? 0, shown)
      : own.max_minor;
  const rest = you.lots.filter((other) => other.lot_id !== lot.lot_id);
  return { ...you, lots: [...rest, { ...own, leading, max_minor }] };
}

function markStale(history: SaleState['history']): SaleState['history'] {
  return Object.fromEntries(
    Object.entries(history).map(([id, entry]) => [id, { ...entry, complete: false }]),
  );
}
