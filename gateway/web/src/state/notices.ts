/**
 * What the house undid and what that means to the bidder, kept until the bidder has put it away.
 *
 * It is told once, to whoever follows the sale then; a page that was just reloaded still knows it.
 */
import type { Notice, Uuid } from '../wire/messages';

export interface NoticesDeps {
  onChange(notices: readonly Notice[]): void;
  /** Survives a reload of the page. */
  store: { load(): string | null; save(text: string): void };
}

interface Kept {
  userId: Uuid | null;
  notices: readonly Notice[];
}

export const NOTICES_KEPT_MAX = 20;

export class Notices {
  readonly #deps: NoticesDeps;
  #kept: Kept;

  constructor(deps: NoticesDeps) {
    this.#deps = deps;
    this.#kept = restore(deps.store.load());
    if (this.#kept.notices.length > 0) deps.onChange(this.#kept.notices);
  }

  /** Whoever signs in next on this page is not told what concerned somebody else. */
  signedIn(userId: Uuid): void {
    if (this.#kept.userId !== userId) this.#keep({ userId, notices: [] });
  }

  take(notice: Notice): void {
    if (this.#kept.notices.some((known) => noticeKey(known) === noticeKey(notice))) return;
    const notices = [...this.#kept.notices.slice(-NOTICES_KEPT_MAX + 1), notice];
    this.#keep({ ...this.#kept, notices });
  }

  dismiss(key: string): void {
    const notices = this.#kept.notices.filter((notice) => noticeKey(notice) !== key);
    this.#keep({ ...this.#kept, notices });
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    this.#deps.store.save(JSON.stringify(kept));
    this.#deps.onChange(kept.notices);
  }
}

export function noticeKey({ seq, lot_id, notice }: Notice): string {
  return `${seq} ${lot_id} ${notice}`;
}

function restore(text: string | null): Kept {
  try {
    const { userId, notices } = JSON.parse(text ?? '') as Partial<Kept>;
    if (typeof userId === 'string' && Array.isArray(notices)) return { userId, notices };
  } catch {
    // Nothing was kept, or it is damaged.
  }
  return { userId: null, notices: [] };
}
