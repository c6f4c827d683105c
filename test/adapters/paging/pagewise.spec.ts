import { expect } from 'chai';
import { NEVER, type Observable, of, Subject, throwError } from 'rxjs';
import { type Page, pagewise } from '../../../src/adapters/paging/index.ts';

/** Pages of these items; behind them what is given. */
function pages(all: readonly (readonly number[])[], behind?: () => Observable<Page<number>>): Observable<Page<number>> {
  const [items = [], ...rest] = all;
  const more = rest.length > 0 ? () => pages(rest, behind) : behind;
  return of({ items, next: more });
}

describe('pagewise', () => {
  const values = async (results: readonly Promise<IteratorResult<number>>[]) =>
    (await Promise.all(results)).map(({ done, value }) => (done ? 'end' : value));

  it('gives each of several calls at once an item of its own, in order', async () => {
    const walking = pagewise(() => pages([[1, 2], [], [3], [4, 5]]));
    const calls = Array.from({ length: 7 }, () => walking.next());
    expect(await values(calls)).deep.equal([1, 2, 3, 4, 5, 'end', 'end']);
  });

  it('ends every call that waits when it is left, and aborts', async () => {
    const first = new Subject<Page<number>>();
    const walking = pagewise(() => first);
    const calls = [walking.next(), walking.next(), walking.next()];
    expect(first.observed).equal(true);
    await walking.return?.();
    expect(first.observed).equal(false);
    expect(await values(calls)).deep.equal(['end', 'end', 'end']);
    expect(await values([walking.next()])).deep.equal(['end']);
  });

  it('reports an error behind what came before it', async () => {
    const walking = pagewise(() => pages([[1, 2, 3]], () => throwError(() => new Error('no'))));
    expect(await values([walking.next(), walking.next(), walking.next()])).deep.equal([1, 2, 3]);
    expect(await walking.next().catch((error: unknown) => error)).property('message', 'no');
  });

  it('asks for a page when half of the one before is out, for no more, and not before it is asked', async () => {
    const asked: string[] = [];
    const ask = (name: string, page: Observable<Page<number>>) => () => {
      asked.push(name);
      return page;
    };
    const second = of({ items: [5, 6], next: ask('third', NEVER) });
    const walking = pagewise(ask('first', of({ items: [1, 2, 3, 4], next: ask('second', second) })));
    expect(asked).deep.equal([]);
    await walking.next();
    expect(asked).deep.equal(['first']);
    await walking.next();
    expect(asked).deep.equal(['first', 'second']);
    await walking.next();
    await walking.next();
    expect(asked).deep.equal(['first', 'second']);
    await walking.next();
    expect(asked).deep.equal(['first', 'second', 'third']);
    await walking.return?.();
  });
});
