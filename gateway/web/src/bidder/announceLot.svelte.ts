/** Tells screen readers what happens to a lot: prices politely, one's own fate at once. */
import { i18n } from '../i18n/index.svelte';
import type { Room } from '../state/room.svelte';
import { leaderLabel } from '../state/standing';
import { announcer } from '../ui/announce.svelte';
import type { Lot } from '../api/resources';
import { standingNews } from './standingNews';

export function announceLot(room: () => Room, lot: () => Lot): void {
  let lastLot = '';
  let lastPrice = '';
  let lastNews = '';
  let lastState = '';

  $effect(() => {
    const { t } = i18n;
    const current = lot();
    const view = room().view(current.id);
    if (!view) return;
    const news = standingNews(room(), current);
    const label = leaderLabel(view, room().you);
    const paid = view.outcome?.price_minor ?? view.price_minor;
    const price = paid === null ? '' : room().money(paid);
    const words = [t.live.price(price, t.lot.leads[label.who])];
    if (view.minimum_minor !== null) words.push(t.live.next(room().money(view.minimum_minor)));
    const warned = view.fair_warning && view.state === 'open' ? 'warning' : view.state;
    const state = view.hammer ? 'hammer' : warned;
    const known = lastLot === current.id;
    const name = t.lot.lotN(current.number);

    if (known && news && news.key !== lastNews) {
      announcer.assertive(`${name}: ${news.title}. ${news.detail}`);
    }
    if (known && state !== lastState) {
      if (state === 'hammer') announcer.assertive(`${name}: ${t.formats.hammer.falling}`);
      else if (state === 'warning') announcer.assertive(`${name}: ${t.lot.fairWarning}`);
      else if (lastState === 'hammer' && view.state === 'open') {
        announcer.assertive(`${name}: ${t.formats.hammer.lifted}. ${t.formats.hammer.liftedText}`);
      } else if (view.clock && lastState === 'pending') {
        announcer.assertive(t.formats.dutch.announce(name, room().money(view.clock.start_minor)));
      } else if (state === 'open' && lastState === 'pending') announcer.polite(t.live.opened(name));
      else if (view.outcome?.result === 'sold') announcer.polite(t.live.sold(name, price));
      else if (state === 'closed') announcer.polite(t.live.unsold(name));
    } else if (!known && lastLot !== '') {
      announcer.polite(`${name}: ${current.artist} ${current.title}`);
    } else if (known && price !== '' && words.join() !== lastPrice && state !== 'closed') {
      announcer.polite(words.join(', '));
    }
    [lastLot, lastPrice, lastNews, lastState] = [current.id, words.join(), news?.key ?? '', state];
  });
}
