/** What screen readers are told. Fast bidding must not pile up speech: only the latest counts. */
const POLITE_AFTER_MS = 600;

class Announcer {
  politeText = $state('');
  assertiveText = $state('');
  #timer = 0;

  polite(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(
      () => (this.politeText = fresh(this.politeText, text)),
      POLITE_AFTER_MS,
    );
  }

  assertive(text: string): void {
    this.assertiveText = fresh(this.assertiveText, text);
  }
}

/** The same words twice are not a change to a screen reader; a no-break space makes them one. */
function fresh(before: string, text: string): string {
  return before === text ? `${text}\u00a0` : text;
}

export const announcer = new Announcer();
