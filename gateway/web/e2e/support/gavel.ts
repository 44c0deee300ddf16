/** The real binary as a child process: started, killed, started again. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../../../..');
const BINARY = process.env['GAVEL_BIN'] ?? join(ROOT, 'target/debug/gavel');
const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 15_000;

/** Cheap password hashes, and limits that tests from one address do not meet. */
const SETTINGS = `password_memory_kib = 8
[limits]
sign_in_address = { per_minute = 100000, burst = 10000 }
sign_in_name = { per_minute = 100000, burst = 10000 }
sign_up_address = { per_minute = 100000, burst = 10000 }
refresh_address = { per_minute = 100000, burst = 10000 }
`;

/** Nothing of the caller's own settings gets in. */
function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GAVEL_'));
  return { ...Object.fromEntries(kept), ...extra };
}

export interface Staff {
  name: string;
  password: string;
}

export class Gavel {
  #child: ChildProcess | null = null;
  #log: string[] = [];
  #address = '127.0.0.1:0';
  readonly #directory: string;

  private constructor(
    readonly subcommand: 'serve' | 'demo',
    readonly extra: Record<string, string>,
  ) {
    if (!existsSync(BINARY)) {
      throw new Error(`${BINARY} is not there: cargo build --package gavel-gateway`);
    }
    this.#directory = mkdtempSync(join(tmpdir(), 'gavel-e2e-'));
    writeFileSync(join(this.#directory, 'gavel.toml'), SETTINGS);
  }

  /** A plain node with one account of the staff. */
  static async serve(staff: Staff): Promise<Gavel> {
    const gavel = new Gavel('serve', {});
    gavel.#addStaff(staff);
    await gavel.start();
    return gavel;
  }

  static async demo(pace: number): Promise<Gavel> {
    const gavel = new Gavel('demo', { GAVEL_DEMO_PACE: String(pace), GAVEL_DEMO_SEED: '7' });
    await gavel.start();
    return gavel;
  }

  get url(): string {
    return `http://${this.#address}`;
  }

  get #data(): string {
    return join(this.#directory, 'data');
  }

  /** On the first start a free port is taken; later ones listen where people know it. */
  async start(): Promise<void> {
    const settings = ['--data', this.#data, '--listen', this.#address];
    const config = ['--config', join(this.#directory, 'gavel.toml'), '--log', 'warn'];
    const child = spawn(BINARY, [this.subcommand, ...settings, ...config], {
      env: environment(this.extra),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    createInterface({ input: child.stderr }).on('line', (line) => this.#log.push(line));
    this.#address = await new Promise<string>((found, failed) => {
      const late = setTimeout(() => failed(this.#dead('does not start')), START_WITHIN_MS);
      child.once('exit', () => failed(this.#dead('ended before it listened')));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const address = /^Gavel listens on http:\/\/(\S+)$/.exec(line)?.[1];
        if (!address) return;
        clearTimeout(late);
        found(address);
      });
    });
  }

  /** Requests and messages are taken by the kernel, and nobody reads them. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops the node and forgets everything it kept. */
  async dispose(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((ended) => {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      child.once('exit', () => {
        clearTimeout(late);
        ended();
      });
      child.kill(signal);
    });
  }

  #addStaff({ name, password }: Staff): void {
    const config = ['--config', join(this.#directory, 'gavel.toml')];
    const added = spawnSync(
      BINARY,
      ['user', 'add', name, '--role', 'auctioneer', '--data', this.#data, ...config],
      { env: environment({ GAVEL_PASSWORD: password }), encoding: 'utf8' },
    );
    if (added.status !== 0) throw new Error(`gavel user add: ${added.stderr}`);
  }

  #dead(what: string): Error {
    return new Error(`gavel ${what}:\n${this.#log.join('\n')}`);
  }
}
