/** Full jitter: after a restart of the server its clients must not all come back at once. */
export const BACKOFF_BASE_MS = 400;
export const BACKOFF_MAX_MS = 15_000;

export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling / 4 + (random() * ceiling * 3) / 4);
}
