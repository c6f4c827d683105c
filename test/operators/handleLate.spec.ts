import { expect } from 'chai';
import { Subject } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { handle } from '../../src/operators/handle.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { eventually } from '../support/eventually.ts';

/** Two letters through one place: whatever the handler of `a` does late must not count for `b`. */
function twoInARow(answerOf: (letter: string) => unknown, timeoutMs?: number) {
  const source = new TestSource();
  const seen: unknown[] = [];
  const input = new Subject<Delivery<string>>();
  const options = timeoutMs === undefined ? {} : { timeoutMs };
  input.pipe(handle(answerOf, options)).subscribe(({ data }) => seen.push(data));
  for (const letter of ['a', 'b']) input.next(source.deliver(letter));
  return { source, seen };
}

describe('handle, called back late', () => {
  it('takes the second answer of a thenable for nobody', () => {
    const answers: ((answer: string) => void)[] = [];
    // biome-ignore lint/suspicious/noThenProperty: the thenable is what is tested
    const { seen } = twoInARow(() => ({ then: (answered: (answer: string) => void) => answers.push(answered) }));
    answers[0]?.('A');
    answers[0]?.('A again');
    expect(seen).deep.equal(['A']);
    answers[1]?.('B');
    expect(seen).deep.equal(['A', 'B']);
  });

  it('takes the completion that follows a second value for nobody', () => {
    const [a, b] = [new Subject<string>(), new Subject<string>()];
    const { source, seen } = twoInARow((letter) => (letter === 'a' ? a : b));
    a.next('A');
    a.next('A again');
    expect(seen).deep.equal([]);
    expect(source.settlements.map(({ data, verdict }) => `${verdict.kind} ${data}`)).deep.equal(['reject a']);
    b.next('B');
    b.complete();
    expect(seen).deep.equal(['B']);
  });

  it('takes what a Promise answers after its timeout for nobody', async () => {
    const answers: ((answer: string) => void)[] = [];
    const promised = () => new Promise<string>((resolve) => answers.push(resolve));
    const { source, seen } = twoInARow(promised, 20);
    await eventually(() => expect(answers).length(2), { everyMs: 1 });
    answers[0]?.('A');
    await Promise.resolve();
    expect(seen).deep.equal([]);
    answers[1]?.('B');
    await eventually(() => expect(seen).deep.equal(['B']), { everyMs: 1 });
    expect(source.log.length).equal(1);
  });

  it('uses a place again and again, for answers, failures and nothing alike', async () => {
    const source = new TestSource();
    const seen: number[] = [];
    const input = new Subject<Delivery<number>>();
    const answer = async (n: number) => {
      if (n % 3 === 0) throw new Error('no');
      return n % 3 === 1 ? n : undefined;
    };
    input.pipe(handle(answer, { concurrency: 2 })).subscribe(({ data }) => seen.push(data));
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    for (const n of numbers) input.next(source.deliver(n));
    await eventually(() => expect(seen.length + source.settlements.length).equal(100), { everyMs: 1 });
    expect(seen.sort((a, b) => a - b)).deep.equal(numbers.filter((n) => n % 3 !== 0));
    expect(source.settlements.map(({ data }) => data)).deep.equal(numbers.filter((n) => n % 3 === 0));
  });
});
