import { expect, it } from 'vitest';
import { lotView, outcome } from '../testing/messages';
import { orderNotes } from './orderNote';

const kinds = (...args: Parameters<typeof orderNotes>) => orderNotes(...args).map((n) => n.kind);

it('has nothing to say of a lot that is sold by itself', () => {
  expect(orderNotes(undefined, undefined)).toEqual([]);
  expect(orderNotes(lotView(), undefined)).toEqual([]);
});

it('says what is offered together with what', () => {
  const leads = lotView({ group: { together: 'choice', others: ['b', 'c'] } });
  expect(orderNotes(leads, undefined)).toEqual([
    { kind: 'leads', together: 'choice', others: ['b', 'c'] },
  ]);
  const led = lotView({ lot_id: 'b', state: 'pending', led_by: 'lot-1' });
  expect(orderNotes(led, leads)).toEqual([{ kind: 'led', together: 'choice', by: 'lot-1' }]);
  const sold = lotView({
    led_by: 'lot-1',
    state: 'closed',
    outcome: outcome({ result: 'sold_with', with_lot_id: 'lot-1' }),
  });
  expect(orderNotes(sold, leads)).toEqual([{ kind: 'sold_with', by: 'lot-1' }]);
});

it('says what is still to come', () => {
  expect(kinds(lotView({ state: 'pending', skipped: true, reoffers: 2 }), undefined)).toEqual([
    'skipped',
    'again',
  ]);
  const struck = lotView({ hammer: { struck_at_ms: 1, falls_at_ms: 2, sold: true } });
  expect(kinds(struck, undefined)).toEqual(['struck']);
  const won = lotView({
    state: 'closed',
    choice_due: true,
    group: { together: 'choice', others: ['b'] },
    outcome: outcome({ result: 'sold', price_minor: 1, winner_paddle: 3 }),
  });
  expect(kinds(won, undefined)).toEqual(['choice_due', 'leads']);
});
