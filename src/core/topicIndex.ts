import { InvalidOptionError } from './errors.ts';
import { globsOf } from './pattern.ts';
import { type Candidate, Candidates, framed, type Hits, literalsOf } from './patterns/candidates.ts';
import { rememberTopics } from './rememberTopics.ts';

const NONE: readonly number[] = [];

export interface TopicIndexOptions {
  /** Which of the patterns that match are found: the first, or all of them. @default 'first' */
  readonly match?: 'first' | 'all';
}

/**
 * Tells which of many patterns a topic matches. They are compiled once, and found by what is literal in them, so what
 * a topic costs does not grow with their number: a new one takes one pass over its characters and some tries, one seen
 * lately a look-up.
 *
 * Patterns with nothing literal (`*`, `??`, `!(a)`) are tried with every new topic.
 *
 * Memory: some 40 bytes for each character of the patterns that they don't share; 20,000 topics.
 *
 * @example
 * const index = new TopicIndex(['trading.orders.new', 'trading.orders.*', '*.cancelled'], { match: 'all' });
 * index.find('trading.orders.cancelled'); // [1, 2]
 *
 * @throws {InvalidOptionError} if there is no array of patterns, or `match` is neither
 * @throws {InvalidPatternError} if one can't be compiled
 */
export class TopicIndex {
  /** The numbers of the patterns that match, in order: none, one, or with `match: 'all'` as many as do. */
  readonly find: (topic: string) => readonly number[];
  private readonly literal = new Map<string, number[]>();
  private readonly candidates: Candidates;

  constructor(patterns: readonly string[], options: TopicIndexOptions = {}) {
    const { match = 'first' } = options;
    check(patterns, match);
    const candidates: Candidate[] = [];
    for (const [number, pattern] of patterns.entries()) {
      for (const { outline, matches } of globsOf(pattern)) {
        if (/[*?]/.test(outline)) candidates.push({ number, matches, literals: literalsOf(outline) });
        else this.know(outline, number);
      }
    }
    this.candidates = new Candidates(candidates);
    this.find = rememberTopics((topic) => (match === 'first' ? this.first(topic) : this.all(topic)));
  }

  private know(topic: string, number: number): void {
    const numbers = this.literal.get(topic);
    if (numbers) numbers.push(number);
    else this.literal.set(topic, [number]);
  }

  private first(topic: string): readonly number[] {
    const hits = new First(this.literal.get(topic)?.[0]);
    this.candidates.search(topic, framed(topic), hits);
    return hits.limit === Infinity ? NONE : [hits.limit];
  }

  private all(topic: string): readonly number[] {
    const hits = new All(this.literal.get(topic));
    this.candidates.search(topic, framed(topic), hits);
    return hits.inOrder();
  }
}

function check(patterns: unknown, match: unknown): void {
  if (!Array.isArray(patterns)) throw new InvalidOptionError('patterns', patterns, 'an array of patterns');
  if (match !== 'first' && match !== 'all') throw new InvalidOptionError('match', match, "'first' or 'all'");
}

class First implements Hits {
  constructor(public limit = Infinity) {}

  add(number: number): void {
    this.limit = number;
  }
}

class All implements Hits {
  readonly limit = Infinity;
  private readonly numbers: Set<number>;

  constructor(numbers: readonly number[] = NONE) {
    this.numbers = new Set(numbers);
  }

  add(number: number): void {
    this.numbers.add(number);
  }

  inOrder(): readonly number[] {
    return this.numbers.size === 0 ? NONE : [...this.numbers].sort((one, other) => one - other);
  }
}
