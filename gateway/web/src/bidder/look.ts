/** Colour and icon of each standing; the words are in the dictionaries. */
import type { Standing } from '../state/standing';
import type { IconName } from '../ui/Icon.svelte';

export const standingLook: Record<
  Exclude<Standing, 'none'>,
  { tone: 'good' | 'bad' | 'plain'; icon: IconName }
> = {
  leading: { tone: 'good', icon: 'check' },
  won: { tone: 'good', icon: 'check' },
  outbid: { tone: 'bad', icon: 'up' },
  lost: { tone: 'plain', icon: 'cross' },
  passed: { tone: 'plain', icon: 'minus' },
  absentee: { tone: 'plain', icon: 'book' },
};
