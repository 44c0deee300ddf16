/** What the running order says of a lot beside its price. Pure. */
import type { LotView, Uuid } from '../wire/messages';

export type OrderNote =
  | { kind: 'skipped' | 'choice_due' | 'struck' }
  | { kind: 'again'; times: number }
  | { kind: 'leads'; together: 'combined' | 'choice'; others: Uuid[] }
  | { kind: 'led'; together: 'combined' | 'choice'; by: Uuid }
  | { kind: 'sold_with'; by: Uuid };

/** `leader` is the lot that it is offered together with. */
export function orderNotes(view: LotView | undefined, leader: LotView | undefined): OrderNote[] {
  if (!view) return [];
  const notes: OrderNote[] = [];
  const { outcome, group, led_by, reoffers } = view;
  if (view.hammer) notes.push({ kind: 'struck' });
  if (view.choice_due) notes.push({ kind: 'choice_due' });
  if (outcome?.with_lot_id) notes.push({ kind: 'sold_with', by: outcome.with_lot_id });
  else if (led_by !== null) {
    notes.push({ kind: 'led', together: leader?.group?.together ?? 'combined', by: led_by });
  }
  if (group) notes.push({ kind: 'leads', together: group.together, others: group.others });
  if (view.skipped) notes.push({ kind: 'skipped' });
  if (reoffers > 0) notes.push({ kind: 'again', times: reoffers });
  return notes;
}
