/** Wire messages with everything filled in; tests change only what they are about. */
import type { LotView, Outcome, SaleEvent, Snapshot, Update, You } from '../wire/messages';

export const SALE = 'sale-1';
export const LOT = 'lot-1';

export function lotView(change: Partial<LotView> = {}): LotView {
  return {
    lot_id: LOT,
    format: 'english',
    state: 'open',
    price_minor: null,
    leader: null,
    minimum_minor: 100_00,
    ask_minor: null,
    step_minor: null,
    reserve_met: null,
    closes_at_ms: null,
    fair_warning: false,
    bid_count: 0,
    extensions: 0,
    outcome: null,
    quantity: 1,
    buy_now_minor: null,
    clock: null,
    hammer: null,
    skipped: false,
    reoffers: 0,
    group: null,
    led_by: null,
    choice_due: false,
    ...change,
  };
}

export function outcome(change: Partial<Outcome> = {}): Outcome {
  return { result: 'unsold', price_minor: null, winner_paddle: null, with_lot_id: null, ...change };
}

export function you(change: Partial<You> = {}): You {
  return {
    paddle: 7,
    status: 'approved',
    limit_minor: null,
    exposure_minor: 0,
    left_minor: null,
    lots: [],
    ...change,
  };
}

export function snapshot(seq: number, change: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    sale_id: SALE,
    seq,
    server_time_ms: 5_000,
    sale: { status: 'live', current_lot_id: LOT, message: null },
    lots: [lotView()],
    you: null,
    staff: null,
    ...change,
  };
}

export function update(seq: number, events: SaleEvent[], change: Partial<Update> = {}): Update {
  const at_ms = seq * 1000;
  return {
    type: 'update',
    sale_id: SALE,
    after_seq: seq - 1,
    seq,
    at_ms,
    events,
    lots: [],
    ...change,
  };
}

export function bidEvent(paddle: number | null, priceMinor: number, bidId = `b${priceMinor}`) {
  return {
    kind: 'bid_accepted',
    lot_id: LOT,
    paddle,
    channel: 'online',
    price_minor: priceMinor,
    took_lead: true,
    bid_id: bidId,
  } satisfies SaleEvent;
}
