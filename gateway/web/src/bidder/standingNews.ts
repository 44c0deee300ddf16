/** Where the bidder stands on a lot and what that means, in words: for the eye and for the ear. */
import { i18n } from '../i18n/index.svelte';
import type { Room } from '../state/room.svelte';
import { isSealed, leaderLabel, ownLot, takesSealedBids, type Standing } from '../state/standing';
import type { BidView, Lot } from '../api/resources';
import { forPieces } from './pieces';

/** `retracted`: the auctioneer took the bidder's last bid back, and no other of theirs leads. */
export type NewsKind = Exclude<Standing, 'none'> | 'retracted';

export interface News {
  kind: NewsKind;
  title: string;
  detail: string;
  /** Changes with everything that is news to the bidder, and not with every price. */
  key: string;
}

export function standingNews(room: Room, lot: Lot): News | null {
  const standing = room.standing(lot.id);
  const taken = room.takenBack(lot.id);
  const key = `${standing} ${taken?.seq ?? ''}`;
  // A bid of theirs that still stands says more about a closed lot than one that was taken back.
  const over = standing === 'won' || standing === 'lost' || standing === 'passed';
  if (taken && !over && standing !== 'leading') {
    return { kind: 'retracted', ...retracted(room, lot, taken), key };
  }
  if (standing === 'none') return null;
  if (standing === 'sealed' || (standing === 'absentee' && hidden(room, lot))) {
    return { kind: standing, ...sealed(room, lot), key };
  }
  const title = i18n.t.standing[standing];
  return { kind: standing, title, detail: detail(room, lot, standing), key };
}

function hidden(room: Room, lot: Lot): boolean {
  const view = room.view(lot.id);
  return view !== undefined && isSealed(view);
}

/** A sealed bid is known to its bidder alone; where it stands nobody knows. */
function sealed(room: Room, lot: Lot): Pick<News, 'title' | 'detail'> {
  const t = i18n.t.formats.sealed;
  const own = ownLot(room.you, lot.id);
  if (own?.max_minor == null) {
    const booked = forPieces(room, lot, own?.absentee_minor ?? 0);
    return { title: t.booked(booked), detail: t.bookedText };
  }
  return { title: t.stands(forPieces(room, lot, own.max_minor)), detail: t.standsText };
}

function detail(room: Room, lot: Lot, standing: Exclude<Standing, 'none' | 'sealed'>): string {
  const t = i18n.t.standing;
  const view = room.view(lot.id);
  const own = ownLot(room.you, lot.id);
  const price = forPieces(room, lot, view?.outcome?.price_minor ?? view?.price_minor ?? 0);
  switch (standing) {
    case 'leading': {
      const taken = room.takenBack(lot.id);
      if (taken) return `${retractedTitle(room, taken)}. ${t.earlierLeads(price)}`;
      const max = own?.max_minor ?? null;
      const hidden = max !== null && view?.price_minor != null && max > view.price_minor;
      return hidden ? t.leadingText(room.money(max)) : t.leadingAtText;
    }
    case 'outbid':
      return t.outbidText(room.money(room.minimum(lot)));
    case 'won':
      return wonWords(lot)(price);
    case 'lost':
      return (takesSealedBids(lot.rules.format) ? i18n.t.formats.sealed.lost : t.lostText)(price);
    case 'passed':
      return view?.outcome?.result === 'withdrawn'
        ? i18n.t.formats.flow.withdrawnText
        : t.passedText;
    case 'absentee':
      return t.absenteeText(room.money(own?.absentee_minor ?? 0));
  }
}

/** How the lot came to its winner, by how it was sold. */
function wonWords({ rules }: Lot): (price: string) => string {
  const { dutch, sealed } = i18n.t.formats;
  switch (rules.format) {
    case 'english':
      return i18n.t.standing.wonText;
    case 'dutch':
      return dutch.won;
    case 'sealed_first_price':
      return sealed.won;
    case 'vickrey':
      return sealed.wonSecond;
  }
}

function retractedTitle(room: Room, taken: BidView): string {
  const t = i18n.t.standing;
  return taken.kind === 'max'
    ? t.retractedMax(room.money(taken.max_minor ?? taken.amount_minor))
    : t.retracted(room.money(taken.amount_minor));
}

/** What happened, what the price is now, who leads, and what would lead. */
function retracted(room: Room, lot: Lot, taken: BidView): Pick<News, 'title' | 'detail'> {
  const t = i18n.t.standing;
  const view = room.view(lot.id);
  const { who } = leaderLabel(view, room.you);
  const title = retractedTitle(room, taken);
  const price = room.money(view?.outcome?.price_minor ?? view?.price_minor ?? 0);
  if (view?.outcome) {
    return { title, detail: view.outcome.result === 'sold' ? t.lostText(price) : t.passedText };
  }
  if (hidden(room, lot)) return { title, detail: i18n.t.formats.sealed.standsText };
  const now = who === 'nobody' ? t.retractedNoBids : t.retractedText(price, t.leadsNow[who]);
  const open = view?.state === 'open';
  return { title, detail: open ? `${now} ${t.toLead(room.money(room.minimum(lot)))}` : now };
}
