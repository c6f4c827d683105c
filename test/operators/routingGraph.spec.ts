import { expect } from 'chai';
import { EMPTY, type Observable, share } from 'rxjs';
import { P } from 'ts-pattern';
import type { Delivery } from '../../src/core/delivery.ts';
import { chainOf, described } from '../../src/internal/graph.ts';
import { routeMatch } from '../../src/operators/routeMatch.ts';
import { routeTopics } from '../../src/operators/routeTopics.ts';
import { nodeOf } from '../support/nodeOf.ts';

const inner = described<Delivery<string>, Delivery<string>>({ kind: 'sink', name: 'inner' }, (source) => source);
const INNER = { kind: 'sink', name: 'inner' };

describe('the graph of routers', () => {
  it('shows the patterns of routeTopics with the chain of each branch', () => {
    const routing = routeTopics({
      'a.*': inner,
      b: (source: Observable<Delivery<string>>) => source.pipe(share(), inner),
    });
    expect(nodeOf(routing)).deep.equal({
      kind: 'operator',
      name: 'routeTopics',
      attributes: { match: 'first', otherwise: 'reject' },
      routes: [
        { kind: 'route', name: 'a.*', inner: [INNER] },
        { kind: 'route', name: 'b', inner: [{ kind: 'operator', name: 'operator' }, INNER] },
      ],
    });
    expect(chainOf(EMPTY.pipe(routing)).map(({ name }) => name)).deep.equal(['routeTopics']);
  });

  it('shows the branch for the rest as a route', () => {
    const { attributes, routes } = nodeOf(routeTopics({ a: inner }, { match: 'all', otherwise: inner }));
    expect(attributes).deep.equal({ match: 'all', otherwise: 'branch' });
    expect(routes?.[1]).deep.equal({ kind: 'route', name: 'otherwise', inner: [INNER] });
    expect(nodeOf(routeTopics({ a: inner }, { otherwise: 'pass' })).routes?.[1]?.inner).deep.equal([]);
  });

  it('shows the cases of routeMatch, its matchers as P', () => {
    const routing = routeMatch<unknown>()
      .with('text', (source) => source)
      .with({ side: 'buy', qty: P.number, id: 5n, tags: ['x', P.string], none: null, at: {} }, (source) => source)
      .with({ note: 'x'.repeat(100) }, (source) => source)
      .otherwise((source) => source);
    expect(nodeOf(routing).routes?.map(({ name }) => name)).deep.equal([
      "'text'",
      "{ side: 'buy', qty: P, id: 5n, tags: ['x', P], none: null, at: {} }",
      `{ note: '${'x'.repeat(70)}…`,
      'otherwise',
    ]);
  });
});
