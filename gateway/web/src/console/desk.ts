/** What can be done to a lot now, and what exactly would be sent. Pure. */
import type { History } from '../state/history';
import { lastStanding } from '../state/history';
import { takesSealedBids } from '../state/standing';
import type { BidView, Lot } from '../api/resources';
import type { Format, LotView, SaleStatus } from '../wire/messages';
import type { Action } from './keymap';

export interface DeskView {
  /** Subscribed: what is shown is what is, and what is sent arrives. */
  connected: boolean;
  status: SaleStatus;
  kind: 'room' | 'timed';
  lot: Lot | undefined;
  view: LotView | undefined;
  history: History | undefined;
  /** The open or paused lot of a room sale. */
  openLotId: string | null;
  /** The lot whose winner has to choose: nothing else is opened before. */
  choiceLotId: string | null;
  hasPending: boolean;
  /** How many lots of the sale could be offered together. */
  groupable: number;
  /** What the clock of a Dutch lot shows. */
  clockMinor: number | null;
}

export function formatOf({ lot, view }: Pick<DeskView, 'lot' | 'view'>): Format {
  return view?.format ?? lot?.rules.format ?? 'english';
}

/** What the next bid in the room is asked at; of a Dutch lot what its clock shows. */
export function ask({ lot, view, clockMinor }: DeskView): number | null {
  if (!lot) return null;
  if (clockMinor !== null) return clockMinor;
  return view?.minimum_minor ?? (view?.state === 'closed' ? null : lot.rules.opening_price_minor);
}

/** The bid that "undo" takes back; null when the lot itself is to be reopened, or nothing. */
export function undoBid(desk: DeskView): BidView | null {
  const bid = lastStanding(desk.history);
  return desk.view?.state === 'closed' || !bid?.bid_id ? null : bid;
}

/** Whether a lot can be offered together with others. */
export function isGroupable(lot: Lot, view: LotView | undefined): boolean {
  if (formatOf({ lot, view }) !== 'english' || lot.rules.quantity !== 1) return false;
  if (!view) return true;
  const free = view.group === null && view.led_by === null;
  return free && (view.state === 'pending' || view.outcome?.result === 'unsold');
}

/** The house may bid for the seller, and there is room for it below the reserve. */
function mayHouseBid({ rules }: Lot, view: LotView): boolean {
  const reserve = rules.reserve_price_minor ?? null;
  return rules.house_bids && reserve !== null && (view.minimum_minor ?? 0) < reserve;
}

export function enabled(action: Action, desk: DeskView): boolean {
  const { status, view, lot, openLotId, choiceLotId, hasPending } = desk;
  if (action === 'help') return true;
  if (!desk.connected) return false;
  const live = status === 'live';
  const announced = live || status === 'published';
  const english = formatOf(desk) === 'english';
  const struck = view?.hammer != null;
  const pending = view?.state === 'pending';
  const closed = view?.state === 'closed';
  const led = view?.led_by != null;
  const open = live && view?.state === 'open' && !struck;
  const running = open || (live && view?.state === 'paused');
  const free = choiceLotId === null && (openLotId === null || desk.kind === 'timed');
  switch (action) {
    case 'message':
      return announced;
    case 'start':
      return status === 'published';
    case 'end':
      return live;
    case 'next':
      return live && desk.kind === 'room' && free && hasPending;
    case 'open':
      return live && pending && !led && free;
    case 'floor':
      // A sealed bid has no asking price, and nobody bids one in one tap.
      return open && !isSealed(desk);
    case 'amount':
    case 'phone':
      return open;
    case 'warn':
    case 'ask':
    case 'step':
    case 'pass':
      return open && english;
    case 'house':
      return open && english && lot !== undefined && mayHouseBid(lot, view);
    case 'sold':
      return open && english && view.price_minor !== null && view.leader?.channel !== 'house';
    case 'lift':
      return live && struck;
    case 'pause':
      return running && english;
    case 'absentee': {
      const takes = !led && formatOf(desk) !== 'dutch';
      return lot !== undefined && takes && (status === 'published' || (live && pending));
    }
    case 'reopen': {
      const whole = view?.outcome?.result !== 'sold_with';
      return live && closed && english && whole && (view.choice_due || free);
    }
    case 'undo':
      if (struck) return live;
      return undoBid(desk) !== null ? running : enabled('reopen', desk);
    case 'skip':
      return announced && pending && !led && !view.skipped;
    case 'withdraw':
      return announced && view !== undefined && !closed && !struck && !led && !view.group;
    case 'reoffer': {
      const result = view?.outcome?.result;
      return announced && closed && (result === 'unsold' || result === 'withdrawn');
    }
    case 'group':
      return announced && desk.groupable >= 2;
    case 'split': {
      const offered = pending || (closed && view.outcome?.result !== 'sold');
      return announced && view?.group != null && offered;
    }
    case 'choose':
      return live && choiceLotId !== null;
  }
}

export function isSealed(desk: Pick<DeskView, 'lot' | 'view'>): boolean {
  return takesSealedBids(formatOf(desk));
}

const REOPENED_FOR_AT_LEAST_MIN = 2;

/** Whether a lot that goes on needs a new time to close by itself. */
export function closesByClock({ rules }: Lot): boolean {
  return rules.closes_at_ms !== null || rules.runs !== null;
}

/** How long a lot that closes by the clock goes on for, unless told otherwise: one extension. */
export function reopenedForMin(lot: Lot): number {
  const extendMs = lot.rules.soft_close?.extend_ms ?? 0;
  return Math.max(REOPENED_FOR_AT_LEAST_MIN, Math.ceil(extendMs / 60_000));
}
