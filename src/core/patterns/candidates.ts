import { LiteralFinder } from './literalFinder.ts';
import type { Glob } from './parsePattern.ts';

/** A glob, and the number of the pattern that it is of. */
export interface Candidate {
  readonly number: number;
  readonly matches: Glob['matches'];
  /** What a topic must contain to match, framed: `‹data.` is what it begins with. */
  readonly literals: readonly string[];
}

/** Takes the numbers of the patterns that match. */
export interface Hits {
  /** From which number on none is wanted any more. */
  readonly limit: number;
  add(number: number): void;
}

/** So few are tried one after the other. */
const FEW = 8;

/** By so many literals candidates are told apart; with more, those that share all theirs would be gone through for each. */
const DEEPEST = 8;

// They mark a topic's beginning and end, so that a prefix or suffix is found as any text is. A topic that has one of them
// itself finds candidates too many, never too few.
const BEGINS = '\u0002';
const ENDS = '\u0003';

/** A topic as candidates are looked for in it. */
export function framed(topic: string): string {
  return BEGINS + topic + ENDS;
}

/** What a topic must contain to match. */
export function literalsOf(outline: string): readonly string[] {
  const literals = framed(outline).split(/[*?]+/);
  return [...new Set(literals)].filter((literal) => literal !== '' && literal !== BEGINS && literal !== ENDS);
}

/**
 * Globs by a literal that a topic must contain to match: each by the one that the fewest others have. One pass over a
 * topic finds the literals in it, and only what is behind those is looked at: where that is many, again by their other
 * literals. What has none is tried with every topic.
 */
export class Candidates {
  private readonly tried: readonly Candidate[];
  private readonly behind: readonly Candidates[];
  private readonly finder: LiteralFinder | undefined;

  /**
   * @param candidates in the order of their numbers
   * @param depth by how many literals they are told apart already
   */
  constructor(candidates: readonly Candidate[], depth = 0) {
    const few = candidates.length <= FEW || depth === DEEPEST;
    const indexed = few ? [] : candidates.filter(({ literals }) => literals.length > 0);
    this.tried = indexed.length > 0 ? candidates.filter(({ literals }) => literals.length === 0) : candidates;
    const groups = byRarest(indexed);
    this.behind = [...groups].map(([literal, group]) => new Candidates(without(literal, group), depth + 1));
    this.finder = groups.size > 0 ? new LiteralFinder([...groups.keys()]) : undefined;
  }

  /** Adds what matches to the hits, in no order, and perhaps more than once. */
  search(topic: string, frame: string, hits: Hits): void {
    if (this.finder) {
      for (const number of this.finder.in(frame)) {
        (this.behind[number] as Candidates).search(topic, frame, hits);
      }
    }
    for (const { number, matches } of this.tried) {
      if (number >= hits.limit) return;
      if (matches(topic)) hits.add(number);
    }
  }
}

/** Groups candidates by that of their literals which the fewest have; of such, the longest. */
function byRarest(candidates: readonly Candidate[]): ReadonlyMap<string, readonly Candidate[]> {
  const counts = new Map<string, number>();
  for (const { literals } of candidates) for (const each of literals) counts.set(each, (counts.get(each) ?? 0) + 1);
  const count = (literal: string) => counts.get(literal) ?? 0;
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const rarest = candidate.literals.reduce((one, other) =>
      (count(other) - count(one) || one.length - other.length) < 0 ? other : one,
    );
    const group = groups.get(rarest);
    if (group) group.push(candidate);
    else groups.set(rarest, [candidate]);
  }
  return groups;
}

function without(literal: string, candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.map((each) => ({ ...each, literals: each.literals.filter((other) => other !== literal) }));
}
