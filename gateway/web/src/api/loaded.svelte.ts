/** Something that a page reads over REST. */
import { asApiError } from './client';

export class Loaded<T> {
  /** Null until it was read for the first time. */
  value = $state.raw<T | null>(null);
  /** The code of a failed attempt. */
  failure = $state<string | null>(null);
  readonly #read: () => Promise<T>;
  #attempt = 0;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  load = async (): Promise<void> => {
    const attempt = (this.#attempt += 1);
    this.failure = null;
    try {
      const value = await this.#read();
      // What was asked for before somebody signed in or out must not replace what is asked for now.
      if (attempt === this.#attempt) this.value = value;
    } catch (error) {
      if (attempt === this.#attempt) this.failure = asApiError(error).code;
    }
  };
}
