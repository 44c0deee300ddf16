/** Milliseconds since 1970 by a clock that does not jump when the machine's time is set. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
