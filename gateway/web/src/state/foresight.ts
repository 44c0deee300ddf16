/**
 * What a command would bring, asked again whenever the sale has moved, for as long as somebody
 * looks at it.
 */
import type { LotView, Question, ServerMessage, Uuid } from '../wire/messages';
import type { Timers } from '../wire/socket';
import { COMMAND_ANSWER_WITHIN_MS } from './commands';

export type Foresight =
  | { phase: 'asking' }
  | { phase: 'known'; before: LotView; after: LotView }
  | { phase: 'refused'; code: string; minimumMinor: number | null; maximumMinor: number | null };

export interface ForesightDeps {
  saleId: Uuid;
  send(message: { type: 'command'; command_id: Uuid; sale_id: Uuid; command: Question }): boolean;
  timers: Timers;
  newId(): Uuid;
  onChange(foresight: Foresight | null): void;
}

/** A sale may move many times a second; this is often enough for the eye. */
export const ASK_AGAIN_AFTER_MS = 250;

export class ForesightDesk {
  readonly #deps: ForesightDeps;
  #question: Question | null = null;
  /** The request that waits for its answer. */
  #asked: Uuid | null = null;
  /** The sale has moved since it was asked. */
  #moved = false;
  #timer: number | null = null;

  constructor(deps: ForesightDeps) {
    this.#deps = deps;
  }

  /** Null: nobody looks at it any more. */
  ask(question: Question | null): void {
    this.#question = question;
    this.#deps.onChange(question && { phase: 'asking' });
    this.#send();
  }

  onMessage(message: ServerMessage): void {
    if (message.type !== 'foresight' && message.type !== 'command_refused') return;
    if (message.command_id !== this.#asked) return;
    this.#asked = null;
    if (message.type === 'foresight') {
      const { before, after } = message;
      this.#deps.onChange({ phase: 'known', before, after });
    } else {
      const { code, minimum_minor: minimumMinor, maximum_minor: maximumMinor } = message;
      this.#deps.onChange({ phase: 'refused', code, minimumMinor, maximumMinor });
    }
    if (this.#moved) this.#after(ASK_AGAIN_AFTER_MS);
    else this.#clear();
  }

  /** A record came later than the answer may have known. */
  onMoved(): void {
    if (!this.#question || this.#moved) return;
    this.#moved = true;
    if (!this.#asked) this.#after(ASK_AGAIN_AFTER_MS);
  }

  onOnline(): void {
    this.#send();
  }

  stop(): void {
    this.#question = null;
    this.#send();
  }

  #send(): void {
    this.#clear();
    this.#asked = null;
    this.#moved = false;
    if (!this.#question) return;
    const id = this.#deps.newId();
    const { saleId: sale_id } = this.#deps;
    const sent = this.#deps.send({
      type: 'command',
      command_id: id,
      sale_id,
      command: this.#question,
    });
    // Without a line it is asked as soon as there is one.
    if (!sent) return;
    this.#asked = id;
    this.#after(COMMAND_ANSWER_WITHIN_MS);
  }

  #after(ms: number): void {
    this.#clear();
    this.#timer = this.#deps.timers.set(() => this.#send(), ms);
  }

  #clear(): void {
    if (this.#timer !== null) this.#deps.timers.clear(this.#timer);
    this.#timer = null;
  }
}
