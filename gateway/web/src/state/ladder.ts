/** The bidding steps after a price, for suggestions only: the server alone decides the minimum. */
import type { Increment } from '../wire/messages';

/** The step at a price: that of the last band that starts at or below it. */
export function stepAt(increments: readonly Increment[], priceMinor: number): number {
  let step = increments[0]?.step_minor ?? 0;
  for (const band of increments) if (band.from_minor <= priceMinor) step = band.step_minor;
  return step;
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
