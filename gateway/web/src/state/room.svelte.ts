/** A sale as the pages see it: the catalogue from REST joined with what is live. */
import { asApiError } from '../api/client';
import { api } from '../api/session.svelte';
import { i18n } from '../i18n/index.svelte';
import type { MoneyFormat } from '../i18n/money';
import type { BidView, Lot, Sale } from '../api/resources';
import type { LotView, SaleStatus, You } from '../wire/messages';
import { takenBack } from './history';
import { LiveSale } from './live.svelte';
import { standing, type Standing } from './standing';

export class Room {
  sale = $state.raw<Sale | null>(null);
  /** The code of a failed load. */
  failure = $state<string | null>(null);
  /** Keys of notices that the bidder has put away. */
  dismissed = $state.raw<readonly string[]>([]);
  readonly live: LiveSale;

  constructor(readonly saleId: string) {
    this.live = new LiveSale(saleId);
  }

  start(): () => void {
    void this.load();
    return this.live.start();
  }

  async load(): Promise<void> {
    this.failure = null;
    try {
      const sale = await api.sale(this.saleId);
      this.sale = { ...sale, lots: [...sale.lots].sort((a, b) => a.position - b.position) };
    } catch (error) {
      this.failure = asApiError(error).code;
    }
  }

  get lots(): readonly Lot[] {
    return this.sale?.lots ?? [];
  }

  get you(): You | null {
    return this.live.state.you;
  }

  get status(): SaleStatus {
    return this.live.state.sale?.status ?? this.sale?.status ?? 'published';
  }

  get format(): MoneyFormat {
    return { currency: this.sale?.currency ?? 'EUR', exponent: this.sale?.exponent ?? 2 };
  }

  money(minor: number): string {
    return i18n.money(minor, this.format);
  }

  lot(id: string | null): Lot | undefined {
    return id === null ? undefined : this.lots.find((lot) => lot.id === id);
  }

  view(id: string): LotView | undefined {
    return this.live.state.lots[id];
  }

  standing(id: string): Standing {
    return standing(this.view(id), this.you);
  }

  get online(): boolean {
    return this.live.connection.phase === 'online';
  }

  /** The bidder's newest bid on a lot, when the auctioneer took it back. */
  takenBack(id: string): BidView | null {
    return this.you && takenBack(this.live.state.history[id], this.you.paddle);
  }

  /** The lots that are offered together with one, the leading lot first; none when it is alone. */
  group(id: string): readonly Lot[] {
    const lead = this.view(id)?.led_by ?? id;
    const group = this.view(lead)?.group;
    return group ? [lead, ...group.others].flatMap((other) => this.lot(other) ?? []) : [];
  }

  /** What the next bid on a lot must at least be. */
  minimum(lot: Lot): number {
    return this.view(lot.id)?.minimum_minor ?? lot.rules.opening_price_minor;
  }

  /** The lot in the middle of the page: on the block, else the last that was, else the first to come. */
  get stage(): Lot | undefined {
    const { stageLotId, sale } = this.live.state;
    const current = sale?.current_lot_id ?? stageLotId;
    return this.lot(current) ?? this.nextPending ?? this.lots.at(-1);
  }

  get nextPending(): Lot | undefined {
    const waiting = this.lots.filter((lot) => {
      const view = this.view(lot.id);
      return (view?.state ?? 'pending') === 'pending' && !view?.led_by;
    });
    return waiting.find((lot) => !this.view(lot.id)?.skipped) ?? waiting[0];
  }
}
