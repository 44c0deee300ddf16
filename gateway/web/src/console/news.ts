/** What only the rostrum is told, or must be told louder than the state says it. Pure. */
import type { Leader, ServerMessage, Uuid, WarningSeen } from '../wire/messages';

/** The hammer was struck and did not fall. */
export interface Lifted {
  lotId: Uuid;
  /** A bid was sent before the hammer could be heard; else the auctioneer took the stroke back. */
  byBid: boolean;
  priceMinor: number | null;
  leader: Leader | null;
}

export interface News {
  /** Until the hammer is struck again, the lot has closed, or somebody has read it. */
  lifted: Lifted | null;
  /** How many bidders have the standing fair warning on display. */
  warningSeen: WarningSeen | null;
}

export const noNews: News = { lifted: null, warningSeen: null };

export function hear(news: News, message: ServerMessage): News {
  if (message.type === 'warning_seen') return { ...news, warningSeen: message };
  if (message.type !== 'update') return news;
  return message.events.reduce((before, event) => {
    switch (event.kind) {
      case 'hammer_lifted': {
        const now = message.lots.find((lot) => lot.lot_id === event.lot_id);
        const lifted = {
          lotId: event.lot_id,
          byBid: event.by_bid,
          priceMinor: now?.price_minor ?? null,
          leader: now?.leader ?? null,
        };
        return { ...before, lifted };
      }
      case 'hammer_struck':
      case 'lot_opened':
      case 'lot_sold':
      case 'lot_unsold':
      case 'lot_withdrawn':
        return { ...before, lifted: null };
      case 'fair_warning':
        return { ...before, warningSeen: null };
      default:
        return before;
    }
  }, news);
}
