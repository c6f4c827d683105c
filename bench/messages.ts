/** An order of about 200 bytes as JSON. */
export interface Order {
  readonly id: number;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly qty: number;
  readonly price: number;
  readonly account: string;
  readonly note: string;
}

export const TOPIC = 'bench.orders.new';

const NOTE = 'a limit order, good till cancelled, that rests in the book until its price is reached';

export function order(id: number): Order {
  return {
    id,
    symbol: 'ETHUSDT.BINANCE',
    side: id % 2 === 0 ? 'buy' : 'sell',
    qty: 1 + (id % 100),
    price: 2500 + (id % 1000) / 100,
    account: `account-${id % 50}`,
    note: NOTE,
  };
}

/** What a handler does with an order in every scenario. */
export function check({ qty, price }: Order): void {
  if (!(qty > 0 && price > 0)) throw new Error('an order without quantity or price');
}

/** Counts down to the last message. */
export class Countdown {
  readonly over: Promise<void>;
  private resolve!: () => void;

  constructor(private left: number) {
    this.over = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  done(count = 1): void {
    this.left -= count;
    if (this.left <= 0) this.resolve();
  }
}
