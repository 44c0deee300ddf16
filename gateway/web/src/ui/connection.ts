import type { Connection } from '../wire/socket';

/** How the connection is, as users are told. */
export function connectionPhase({ phase }: Connection): 'connecting' | 'online' | 'offline' {
  return phase === 'stopped' ? 'offline' : phase;
}
