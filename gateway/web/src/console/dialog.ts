/** What a dialog of the console was opened for, and whether that can still be done. Pure. */
import type { BidView, Registration } from '../api/resources';
import type { Leader, LotView } from '../wire/messages';
import { enabled, type DeskView } from './desk';
import type { Action } from './keymap';

/** The price, the bidder and the reserve that Sold was pressed on. */
export interface SoldOn {
  priceMinor: number;
  leader: Leader | null;
  /** Selling below the reserve needs a second look. */
  belowReserve: boolean;
  /** The room bidder who leads has no paddle yet. */
  unnamed: boolean;
}

/** The lot is the one that was on screen, whatever comes up while the dialog is open. */
export type DialogState =
  | { kind: 'amount' | 'phone' | 'house' | 'absentee' | 'ask' | 'step'; lotId: string }
  | { kind: 'pass' | 'reopen' | 'withdraw' | 'reoffer' | 'split' | 'choose'; lotId: string }
  | { kind: 'sold'; lotId: string; on: SoldOn }
  | { kind: 'retract'; lotId: string; bid: BidView }
  | { kind: 'leave_book'; lotId: string; paddle: number }
  | { kind: 'suspend' | 'limit'; person: Registration }
  | { kind: 'message' | 'end' | 'group' | 'help' };

/** Why a dialog makes no sense any more. */
export type Withdrawal = 'sale_over' | 'lot_changed' | 'struck' | 'bid_gone' | 'price_moved';

export function soldOn(view: LotView): SoldOn | null {
  if (view.price_minor === null) return null;
  return {
    priceMinor: view.price_minor,
    leader: view.leader,
    belowReserve: view.reserve_met === false,
    unnamed: view.leader !== null && view.leader.paddle === null,
  };
}

/** `desk` shows the dialog's lot. Without a connection nothing can be known, or sent. */
export function withdrawal(dialog: DialogState, desk: DeskView): Withdrawal | null {
  if (!desk.connected) return null;
  const possible = (action: Action) => enabled(action, desk);
  const changed = desk.view?.hammer ? 'struck' : 'lot_changed';
  switch (dialog.kind) {
    case 'help':
      return null;
    case 'message':
    case 'end':
      return possible(dialog.kind) ? null : 'sale_over';
    case 'choose':
      return desk.view?.choice_due ? null : 'lot_changed';
    case 'group':
    case 'leave_book':
    case 'suspend':
    case 'limit':
      // Which lots there are to choose from changes in the dialog itself; a bidder stays one.
      return possible('message') ? null : 'sale_over';
    case 'retract': {
      const { bid_id } = dialog.bid;
      const known = desk.history?.bids.find((bid) => bid.bid_id === bid_id);
      if (desk.view?.state !== 'open' && desk.view?.state !== 'paused') return 'lot_changed';
      return known?.retracted ? 'bid_gone' : null;
    }
    case 'sold': {
      if (!possible('pass')) return changed;
      const now = desk.view && soldOn(desk.view);
      if (!now) return 'bid_gone';
      return same(dialog.on, now) ? null : 'price_moved';
    }
    default:
      return possible(dialog.kind) ? null : changed;
  }
}

function same(before: SoldOn, now: SoldOn): boolean {
  return (
    before.priceMinor === now.priceMinor &&
    before.leader?.paddle === now.leader?.paddle &&
    before.leader?.channel === now.leader?.channel &&
    before.belowReserve === now.belowReserve
  );
}
