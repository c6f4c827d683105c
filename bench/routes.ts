/** How patterns and topics of one kind are made: the number tells them apart. */
interface Kind {
  readonly pattern: (number: number) => string;
  /** A topic that the pattern of that number matches; `serial` makes it one that was never seen before. */
  readonly topic: (number: number, serial: number) => string;
}

/** What a trading desk routes by, in equal parts. */
export const REALISTIC: readonly Kind[] = [
  { pattern: (i) => `trading.orders.DESK${i}.new`, topic: (_, serial) => `trading.orders.DESK${serial}.new` },
  { pattern: (i) => `data.quotes.VENUE${i}.*`, topic: (i, serial) => `data.quotes.VENUE${i}.SYM${serial}` },
  { pattern: (i) => `*.SYM${i}USDT`, topic: (i, serial) => `data.trades.VENUE${serial}.SYM${i}USDT` },
  { pattern: (i) => `trading.*.ACCOUNT${i}`, topic: (i, serial) => `trading.fills.T${serial}.ACCOUNT${i}` },
  { pattern: (i) => `{risk,audit}.book${i}.{opened,closed}.*`, topic: (i, serial) => `risk.book${i}.closed.${serial}` },
];

/** Every pattern begins with a star: no beginning tells them apart. */
export const STARRED: readonly Kind[] = [
  { pattern: (i) => `*.SYM${i}USDT`, topic: (i, serial) => `data.trades.VENUE${serial}.SYM${i}USDT` },
  { pattern: (i) => `*.VENUE${i}.*`, topic: (i, serial) => `data.quotes.VENUE${i}.SYM${serial}` },
  { pattern: (i) => `*.book${i}.clos?d*`, topic: (i, serial) => `risk.book${i}.closed.${serial}` },
  { pattern: (i) => `*{.eu,.us}.ACCOUNT${i}`, topic: (i, serial) => `trading.T${serial}.eu.ACCOUNT${i}` },
  {
    pattern: (i) => `*.D${i % 100}.*.ID${Math.floor(i / 100)}.*`,
    topic: (i, serial) => `a.D${i % 100}.b.ID7.${serial}`,
  },
];

export function patternsOf(kinds: readonly Kind[], count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => kindOf(kinds, i).pattern(i));
}

/** Topics that are each different, of every kind, spread over that many patterns. */
export function topicsOf(kinds: readonly Kind[], patterns: number, count: number, first = 0): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const serial = first + i;
    const spread = (serial * 7_919) % patterns;
    return kindOf(kinds, serial).topic(spread - (spread % kinds.length) + (serial % kinds.length), serial);
  });
}

function kindOf(kinds: readonly Kind[], number: number): Kind {
  return kinds[number % kinds.length] as Kind;
}
