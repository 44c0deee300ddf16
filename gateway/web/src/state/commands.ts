/** The console's commands and what became of them. */
import type { Command, ServerMessage, Uuid } from '../wire/messages';
import type { Timers } from '../wire/socket';

export interface CommandEntry {
  id: Uuid;
  command: Command;
  /** `unknown`: no answer came; the state on screen is what counts. */
  phase: 'sent' | 'done' | 'refused' | 'unknown';
  code: string | null;
  minimumMinor: number | null;
  maximumMinor: number | null;
}

export interface CommandDeskDeps {
  saleId: Uuid;
  send(message: { type: 'command'; command_id: Uuid; sale_id: Uuid; command: Command }): boolean;
  timers: Timers;
  newId(): Uuid;
  onChange(entries: readonly CommandEntry[]): void;
}

export const COMMAND_ANSWER_WITHIN_MS = 5_000;
const KEPT_MAX = 30;

export class CommandDesk {
  readonly #deps: CommandDeskDeps;
  #entries: readonly CommandEntry[] = [];
  #timers = new Map<Uuid, number>();

  constructor(deps: CommandDeskDeps) {
    this.#deps = deps;
  }

  issue(command: Command): void {
    const id = this.#deps.newId();
    const sent = this.#deps.send({
      type: 'command',
      command_id: id,
      sale_id: this.#deps.saleId,
      command,
    });
    const entry: CommandEntry = {
      id,
      command,
      phase: sent ? 'sent' : 'refused',
      code: sent ? null : 'not_connected',
      minimumMinor: null,
      maximumMinor: null,
    };
    this.#entries = [...this.#entries.slice(-KEPT_MAX + 1), entry];
    if (sent) {
      const timer = this.#deps.timers.set(() => this.#giveUp(id), COMMAND_ANSWER_WITHIN_MS);
      this.#timers.set(id, timer);
    }
    this.#deps.onChange(this.#entries);
  }

  /** True while a command for which `test` holds waits for its answer. */
  waiting(test: (command: Command) => boolean): boolean {
    return this.#entries.some((entry) => entry.phase === 'sent' && test(entry.command));
  }

  onMessage(message: ServerMessage): void {
    if (message.type === 'command_done') {
      this.#set(message.command_id, { phase: 'done' });
    } else if (message.type === 'command_refused') {
      const { code, minimum_minor: minimumMinor, maximum_minor: maximumMinor } = message;
      this.#set(message.command_id, { phase: 'refused', code, minimumMinor, maximumMinor });
    }
  }

  onOffline(): void {
    for (const entry of this.#entries) if (entry.phase === 'sent') this.#giveUp(entry.id);
  }

  stop(): void {
    for (const timer of this.#timers.values()) this.#deps.timers.clear(timer);
    this.#timers.clear();
  }

  #giveUp(id: Uuid): void {
    this.#set(id, { phase: 'unknown' });
  }

  #set(id: Uuid, change: Partial<CommandEntry>): void {
    const timer = this.#timers.get(id);
    if (timer !== undefined) this.#deps.timers.clear(timer);
    this.#timers.delete(id);
    this.#entries = this.#entries.map((entry) =>
      entry.id === id ? { ...entry, ...change } : entry,
    );
    this.#deps.onChange(this.#entries);
  }
}
