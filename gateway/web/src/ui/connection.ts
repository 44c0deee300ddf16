import type { Connection } from '../wire/socket';

/** How the connection is, as users are told. */
export function connectionPhase({ phase }: Connection): Exclude<Connection['phase'], 'stopped'> {
  return phase === 'stopped' ? 'offline' : phase;
}
