/** The auctioneer's commands over a socket of their own, as any program of the house sends them. */
import type { Page } from '@playwright/test';
import type { OpenSale } from './house';

export type Command = { kind: string; lot_id?: string } & Record<string, unknown>;

interface Answer {
  type: 'command_done' | 'command_refused' | 'error';
  code?: string;
}

declare global {
  interface Window {
    command?: (command: Command) => Promise<Answer>;
  }
}

export class Rostrum {
  private constructor(
    readonly page: Page,
    readonly sale: OpenSale,
  ) {}

  static async open(page: Page, sale: OpenSale, token: string): Promise<Rostrum> {
    await page.goto('/');
    await page.evaluate(
      async ({ saleId, token }) => {
        const socket = new WebSocket(`ws://${location.host}/ws/v1`);
        const waiting = new Map<string, (answer: Answer) => void>();
        await new Promise<void>((ready, failed) => {
          socket.onopen = () => socket.send(JSON.stringify({ type: 'sign_in', token }));
          socket.onclose = () => failed(new Error('the rostrum lost its line'));
          socket.onmessage = ({ data }) => {
            const message = JSON.parse(String(data));
            if (message.type === 'signed_in') ready();
            else waiting.get(message.command_id)?.(message);
          };
        });
        let count = 0;
        window.command = (command) =>
          new Promise((answer) => {
            const command_id = `c${(count += 1)}`;
            waiting.set(command_id, answer);
            socket.send(JSON.stringify({ type: 'command', command_id, sale_id: saleId, command }));
          });
      },
      { saleId: sale.id, token },
    );
    return new Rostrum(page, sale);
  }

  /** Carries a command out; one that is refused fails the test. */
  async do(kind: string, lot: number | null = null, more: Record<string, unknown> = {}) {
    const lot_id = lot === null ? {} : { lot_id: this.lotId(lot) };
    const command: Command = { kind, ...lot_id, ...more };
    const answer = await this.page.evaluate((sent) => window.command?.(sent), command);
    if (answer?.type !== 'command_done') throw new Error(`${kind}: ${JSON.stringify(answer)}`);
  }

  /** By its place in the running order, from 1. */
  lotId(lot: number): string {
    const id = this.sale.lots[lot - 1]?.id;
    if (!id) throw new Error(`The sale has no lot ${lot}`);
    return id;
  }

  /** A bid of somebody in the room, at once. Its id, to take it back by. */
  async floor(lot: number, amountMinor: number, paddle: number): Promise<string> {
    const bid_id = crypto.randomUUID();
    const bid = { bid_id, amount_minor: amountMinor, currency: 'GBP', paddle };
    await this.do('floor_bid', lot, bid);
    return bid_id;
  }
}
