/** Where the bidder stands on a lot and what that means, in words: for the eye and for the ear. */
import { i18n } from '../i18n/index.svelte';
import type { Room } from '../state/room.svelte';
import { leaderLabel, ownLot, type Standing } from '../state/standing';
import type { BidView, Lot } from '../wire/messages';

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
  const title = i18n.t.standing[standing];
  return { kind: standing, title, detail: detail(room, lot, standing), key };
}

function detail(room: Room, lot: Lot, standing: Exclude<Standing, 'none'>): string {
  const t = i18n.t.standing;
  const view = room.view(lot.id);
  const own = ownLot(room.you, lot.id);
  const price = room.money(view?.outcome?.price_minor ?? view?.price_minor ?? 0);
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
      return t.wonText(price);
    case 'lost':
      return t.lostText(price);
    case 'passed':
      return t.passedText;
    case 'absentee':
      return t.absenteeText(room.money(own?.absentee_minor ?? 0));
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
  const now = who === 'nobody' ? t.retractedNoBids : t.retractedText(price, t.leadsNow[who]);
  const open = view?.state === 'open';
  return { title, detail: open ? `${now} ${t.toLead(room.money(room.minimum(lot)))}` : now };
}
