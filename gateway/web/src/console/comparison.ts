/** What a command would change about a lot, side by side. Pure. */
import type { LotView } from '../wire/messages';

export type Aspect = 'state' | 'price' | 'leader' | 'next' | 'reserve' | 'close' | 'bids';

export interface Compared {
  aspect: Aspect;
  changed: boolean;
}

const values: Record<Aspect, (view: LotView) => unknown> = {
  state: ({ state, outcome }) => [state, outcome],
  price: ({ price_minor }) => price_minor,
  leader: ({ leader }) => leader && [leader.paddle, leader.channel],
  next: ({ minimum_minor }) => minimum_minor,
  reserve: ({ reserve_met }) => reserve_met,
  close: ({ closes_at_ms }) => closes_at_ms,
  bids: ({ bid_count }) => bid_count,
};

/** Told only of lots that have one. */
const OPTIONAL = new Set<Aspect>(['reserve', 'close']);

export function compare(before: LotView, after: LotView): Compared[] {
  return (Object.keys(values) as Aspect[]).flatMap((aspect) => {
    const was = values[aspect](before);
    const is = values[aspect](after);
    if (OPTIONAL.has(aspect) && was === null && is === null) return [];
    return [{ aspect, changed: JSON.stringify(was) !== JSON.stringify(is) }];
  });
}

/** Whether a foresight starts from the lot as it is shown now. */
export function startsFrom(before: LotView, shown: LotView | undefined): boolean {
  return JSON.stringify(before) === JSON.stringify(shown);
}
