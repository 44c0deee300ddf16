/** How a Dutch clock falls, in a sentence. */
import { i18n } from '../i18n/index.svelte';
import type { Room } from '../state/room.svelte';
import type { Rules } from '../api/resources';

export function dutchRule(room: Room, clock: NonNullable<Rules['dutch']>): string {
  const t = i18n.t.formats.dutch;
  const { step_minor, every_ms, floor_minor } = clock;
  return `${t.rule(room.money(step_minor), i18n.duration(every_ms))} ${t.lowest(room.money(floor_minor))}`;
}
