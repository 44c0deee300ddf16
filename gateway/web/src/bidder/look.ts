/** Colour and icon of each standing; the words are in the dictionaries. */
import type { NewsKind } from './standingNews';
import type { IconName } from '../ui/Icon.svelte';

export const standingLook: Record<NewsKind, { tone: 'good' | 'bad' | 'plain'; icon: IconName }> = {
  leading: { tone: 'good', icon: 'check' },
  won: { tone: 'good', icon: 'check' },
  outbid: { tone: 'bad', icon: 'up' },
  retracted: { tone: 'bad', icon: 'undo' },
  lost: { tone: 'plain', icon: 'cross' },
  passed: { tone: 'plain', icon: 'minus' },
  absentee: { tone: 'plain', icon: 'book' },
  sealed: { tone: 'good', icon: 'lock' },
};
