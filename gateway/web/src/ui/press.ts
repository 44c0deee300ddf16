/**
 * Guards a one-tap button against an amount that moves under the finger.
 *
 * What was displayed when the press began is what is meant. A press that begins within a moment of
 * a change was aimed at the amount before it: that one is not sent, and neither is the new one.
 */
export const SETTLE_MS = 300;
/** A click comes right after its press is lifted; later ones belong to no press. */
export const CLICK_WITHIN_MS = 500;

export type PressResult = { meant: number } | { changedTo: number };

export class PressGuard {
  #shown: { amountMinor: number; sinceMs: number; changed: boolean } | null = null;
  /** An amount was displayed before, on this lot or another. */
  #used = false;
  #pressed: PressResult | null = null;
  #liftedMs: number | null = null;

  /**
   * The button now shows this amount. `falls`: the price falls by itself, and a fall is never
   * against whoever presses: there is nothing to settle.
   */
  show(amountMinor: number | null, nowMs: number, falls = false): void {
    if (amountMinor === null) this.#shown = null;
    else if (falls && this.#shown && amountMinor < this.#shown.amountMinor) {
      this.#shown = { ...this.#shown, amountMinor };
    } else if (this.#shown?.amountMinor !== amountMinor) {
      // An amount that comes back after a while without one is as new to the eye as another one.
      this.#shown = { amountMinor, sinceMs: nowMs, changed: this.#used };
      this.#used = true;
    }
  }

  /** True while a fresh amount has not been on the button long enough to be read. */
  settling(nowMs: number): boolean {
    return (this.#shown?.changed ?? false) && nowMs - (this.#shown?.sinceMs ?? 0) < SETTLE_MS;
  }

  /** The finger or key goes down: what is on the button now is what is meant. */
  press(nowMs: number): void {
    this.cancel();
    if (!this.#shown) return;
    const { amountMinor } = this.#shown;
    this.#pressed = this.settling(nowMs) ? { changedTo: amountMinor } : { meant: amountMinor };
  }

  /** The finger goes up on the button; the click is still to come. */
  lift(nowMs: number): void {
    this.#liftedMs = nowMs;
  }

  /** The press is completed (a click). Without a press before it, as assistive tools do, now is the press. */
  release(nowMs: number): PressResult | null {
    const late = this.#liftedMs !== null && nowMs - this.#liftedMs > CLICK_WITHIN_MS;
    if (!this.#pressed || late) this.press(nowMs);
    const result = this.#pressed;
    this.cancel();
    return result;
  }

  /** The press was abandoned: the finger slid off. */
  cancel(): void {
    this.#pressed = null;
    this.#liftedMs = null;
  }
}
