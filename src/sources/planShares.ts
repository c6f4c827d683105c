import type { Attendee } from '../core/store.ts';

/**
 * Shares partitions out among attendees: each has one, loads differ by one at the most, and as few as can be move. The
 * same for all who see the same list; repeated with what it gave, it gives the same. Pure.
 *
 * Those that own the most get the larger shares, and each keeps the lowest of what it owns. A partition that two say they
 * own counts as the first one's, by name.
 *
 * @param partitions how many there are, numbered from 0
 * @returns what each is to own, in order of number, by name
 */
export function planShares(partitions: number, attendees: readonly Attendee[]): ReadonlyMap<string, readonly number[]> {
  const owned = ownership(partitions, attendees);
  const ranked = [...owned].sort(([a, mine], [b, theirs]) => theirs.length - mine.length || (a < b ? -1 : 1));
  const least = Math.floor(partitions / ranked.length);
  const larger = partitions % ranked.length;
  const shares = new Map(ranked.map(([name, owns], i) => [name, owns.slice(0, i < larger ? least + 1 : least)]));
  const taken = new Set([...shares.values()].flat());
  const free = numbers(partitions).filter((number) => !taken.has(number));
  for (const [i, [name]] of ranked.entries()) {
    const share = shares.get(name) as number[];
    const lack = (i < larger ? least + 1 : least) - share.length;
    share.push(...free.splice(0, lack));
    share.sort((a, b) => a - b);
  }
  return shares;
}

/** What each owns, each partition once, lowest first. */
function ownership(partitions: number, attendees: readonly Attendee[]): ReadonlyMap<string, readonly number[]> {
  const left = new Set(numbers(partitions));
  const byName = attendees.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const claimed = byName.map(({ name, owns }): [string, readonly number[]] => {
    const claims = owns.filter((number) => left.delete(number));
    return [name, claims.toSorted((a, b) => a - b)];
  });
  return new Map(claimed);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
