import { expect } from 'chai';
import fc from 'fast-check';
import micromatch from 'micromatch';
import { from, merge, tap } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Branch } from '../../src/operators/branch.ts';
import { partitionTopics } from '../../src/operators/partitionTopics.ts';
import { routeTopics } from '../../src/operators/routeTopics.ts';
import { TestSource } from '../../src/testing/testSource.ts';

const part = fc.constantFrom('a', 'b', 'ab', 'a/b', 'x');
const topics = fc.array(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.')),
  { maxLength: 20 },
);
const glob = fc.constantFrom('a', 'b', '*', '?', '{a,b}', '[ab]', '!(a)', 'a/b', 'a*', 'a/*');
const patterns = fc.uniqueArray(
  fc.array(glob, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.')),
  { minLength: 1, maxLength: 6 },
);

// To micromatch a slash parts a path; in a topic it is a letter like any other.
const letters = (text: string) => text.replaceAll('/', '\uE000');
const matches = (topic: string, pattern: string) =>
  micromatch.isMatch(letters(topic), letters(pattern), { bash: true, dot: true });

type Route = readonly [topic: string, pattern: string];

/** Routes the topics, acks everything, and tells which pattern's branch got which topic. */
function routed(source: TestSource, names: string[], given: string[], match: 'first' | 'all'): Route[] {
  const seen: Route[] = [];
  const noting = (pattern: string): Branch<string, string> =>
    tap((delivery) => {
      seen.push([delivery.data, pattern]);
      delivery.ack();
    });
  const branches = Object.fromEntries(names.map((pattern) => [pattern, noting(pattern)]));
  deliveries(source, given).pipe(routeTopics(branches, { match })).subscribe();
  return seen;
}

const deliveries = (source: TestSource, given: string[]) =>
  from(given.map((topic) => source.deliver(topic, { topic }) as Delivery<string>));

/** How each topic must be settled: acked where it has a route, else rejected. */
const settlement = (topic: string, names: string[]) =>
  names.some((pattern) => matches(topic, pattern)) ? 'ack' : 'reject';

function check(source: TestSource, names: string[], given: string[]): void {
  expect(source.unsettled).deep.equal([]);
  expect(source.settlements.map(({ data, verdict }) => [data, verdict.kind])).deep.equal(
    given.map((topic) => [topic, settlement(topic, names)]),
  );
}

describe('routing, by its laws', () => {
  it('routeTopics to the first match is a loop over the patterns', () =>
    fc.assert(
      fc.property(patterns, topics, (names, given) => {
        const source = new TestSource();
        const expected = given.flatMap((topic) =>
          names
            .filter((pattern) => matches(topic, pattern))
            .slice(0, 1)
            .map((pattern) => [topic, pattern]),
        );
        expect(routed(source, names, given, 'first')).deep.equal(expected);
        check(source, names, given);
      }),
    ));

  it('routeTopics to all is a loop over the patterns, and settles each delivery once', () =>
    fc.assert(
      fc.property(patterns, topics, (names, given) => {
        const source = new TestSource();
        const expected = given.flatMap((topic) =>
          names.filter((pattern) => matches(topic, pattern)).map((pattern) => [topic, pattern]),
        );
        expect(routed(source, names, given, 'all')).deep.equal(expected);
        check(source, names, given);
      }),
    ));

  it('partitionTopics parts as routeTopics routes', () =>
    fc.assert(
      fc.property(patterns, topics, (names, given) => {
        const source = new TestSource();
        const seen: Route[] = [];
        const outputs = partitionTopics(deliveries(source, given), names).map((output, i) =>
          output.pipe(
            tap((delivery) => {
              seen.push([delivery.data, names[i] as string]);
              delivery.ack();
            }),
          ),
        );
        merge(...outputs).subscribe();
        check(source, names, given);
        expect(seen).deep.equal(routed(new TestSource(), names, given, 'first'));
      }),
    ));
});
