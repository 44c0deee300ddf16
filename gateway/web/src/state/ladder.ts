/** The bidding steps after a price, for suggestions only: the server alone decides the minimum. */
import type { Increment } from '../api/resources';

/** The step at a price: that of the last band that starts at or below it. */
export function stepAt(increments: readonly Increment[], priceMinor: number): number {
  const reached = increments.findLast((band) => band.from_minor <= priceMinor);
  const band = reached ?? increments[0];
  if (!band) return 0;
  if (band.step_bp == null) return band.step_minor;
  // Exactly, and rounded up; the product may be beyond what a number holds.
  const part = (BigInt(priceMinor) * BigInt(band.step_bp) + 9_999n) / 10_000n;
  return Math.max(band.step_minor, Number(part));
}

/** `count` amounts that could be bid after `firstMinor`, each a step above the one before. */
export function amountsAbove(
  increments: readonly Increment[],
  firstMinor: number,
  count: number,
  fixedStepMinor: number | null = null,
): number[] {
  const amounts: number[] = [];
  let amount = firstMinor;
  for (let i = 0; i < count; i++) {
    const step = fixedStepMinor ?? stepAt(increments, amount);
    if (step <= 0) break;
    amount += step;
    amounts.push(amount);
  }
  return amounts;
}
