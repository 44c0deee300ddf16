/** What can be done to a lot now, and what exactly would be sent. Pure. */
import type { History } from '../state/history';
import { lastStanding } from '../state/history';
import type { BidView, Lot, LotView, SaleStatus } from '../wire/messages';
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
  hasPending: boolean;
}

/** What the next bid in the room is asked at. */
export function ask({ lot, view }: DeskView): number | null {
  if (!lot) return null;
  return view?.minimum_minor ?? (view?.state === 'closed' ? null : lot.rules.opening_price_minor);
}

/** The bid that "undo" takes back; null when the lot itself is to be reopened, or nothing. */
export function undoBid(desk: DeskView): BidView | null {
  const bid = lastStanding(desk.history);
  return desk.view?.state === 'closed' || !bid?.bid_id ? null : bid;
}

export function enabled(action: Action, desk: DeskView): boolean {
  const { status, view, lot, openLotId, hasPending } = desk;
  if (action === 'help') return true;
  if (!desk.connected) return false;
  const live = status === 'live';
  const open = live && view?.state === 'open';
  const running = open || (live && view?.state === 'paused');
  switch (action) {
    case 'message':
      return status === 'live' || status === 'published';
    case 'start':
      return status === 'published';
    case 'end':
      return live;
    case 'next':
      return live && desk.kind === 'room' && openLotId === null && hasPending;
    case 'open':
      return live && view?.state === 'pending' && (openLotId === null || desk.kind === 'timed');
    case 'floor':
    case 'amount':
    case 'phone':
    case 'warn':
    case 'ask':
      return open;
    case 'sold':
      return open && view?.price_minor != null;
    case 'pass':
      return open;
    case 'step':
    case 'pause':
      return running;
    case 'absentee':
      return lot !== undefined && (status === 'published' || (live && view?.state === 'pending'));
    case 'reopen':
      return live && view?.state === 'closed' && (openLotId === null || desk.kind === 'timed');
    case 'undo':
      return undoBid(desk) !== null ? running : enabled('reopen', desk);
  }
}

const REOPENED_FOR_AT_LEAST_MIN = 2;

/** How long a lot that closes by the clock is reopened for, unless told otherwise: one extension. */
export function reopenedForMin(lot: Lot): number {
  const extendMs = lot.rules.soft_close?.extend_ms ?? 0;
  return Math.max(REOPENED_FOR_AT_LEAST_MIN, Math.ceil(extendMs / 60_000));
}
