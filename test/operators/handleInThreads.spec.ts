import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { of } from 'rxjs';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { type HandleInThreadsOptions, handleInThreads } from '../../src/operators/handleInThreads.ts';
import { threadHealth } from '../../src/operators/threads/threadHealth.ts';
import { stage } from '../../src/pipeline/stage.ts';
import { eventually } from '../support/eventually.ts';
import { nodeOf } from '../support/nodeOf.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';
import { startTracing } from '../support/tracing.ts';
import { everyThreadEnds, moduleUrl, ThreadRun } from './threads/support.ts';

const LETTERS = moduleUrl('letters.ts');
const SLUICE = new URL('../../src/index.ts', import.meta.url).href;

interface Told {
  readonly letter: string;
  readonly message: { readonly id: string; readonly topic: string; readonly data: string };
  readonly attempt: number;
  readonly trace: Readonly<Record<string, string>>;
  readonly threadId: number;
}

describe('handleInThreads', () => {
  everyThreadEnds();

  operatorCatalogue('handleInThreads', () => handleInThreads(LETTERS, { threads: 1 }), { atOnce: false });

  it('passes on what the handler of its module answers, and settles nothing', async () => {
    using run = new ThreadRun(LETTERS);
    run.give('a', 'b');
    await run.done(2);
    expect(run.seen).deep.equal(['A', 'B']);
    expect(run.source.unsettled).deep.equal(['a', 'b']);
  });

  it('completes once everything is handled', async () => {
    using run = new ThreadRun(LETTERS);
    run.give('a', 'b', 'c');
    run.complete();
    expect(run.completed).equal(false);
    await eventually(() => run.completed);
    expect(run.seen).deep.equal(['A', 'B', 'C']);
  });

  it('takes modules of every kind, by URL or by path, and any of their exports', async () => {
    const modules: [string | URL, string, unknown][] = [
      [moduleUrl('plain.mjs'), 'default', 5],
      [moduleUrl('plain.mjs').href, 'twice', 8],
      [moduleUrl('plain.mjs').pathname, 'default', 5],
      ['test/operators/threads/modules/plain.mjs', 'twice', 8],
      [moduleUrl('common.cjs'), 'default', 5],
      // TypeScript, named as it is called once it is compiled.
      [moduleUrl('numbers.js'), 'half', 2],
    ];
    for (const [module, name, answer] of modules) {
      using run = new ThreadRun(module, { name });
      run.give(4);
      await run.done(1);
      expect(run.seen).deep.equal([answer]);
    }
  });

  it('passes the data on where the handler answers nothing', async () => {
    using run = new ThreadRun(LETTERS, { name: 'silent' });
    run.give('a');
    await run.done(1);
    expect(run.seen).deep.equal(['a']);
  });

  it('copies what JSON does not know', async () => {
    using run = new ThreadRun(LETTERS, { name: 'rich' });
    run.give(new Map([['a', 1n]]));
    await run.done(1);
    const rich = { at: new Date(0), n: 2n ** 70n, map: new Map([[1, new Set([2])]]), bytes: Buffer.from('x') };
    expect(run.seen).deep.equal([rich]);
  });

  it('tells the handler message and attempt', async () => {
    using run = new ThreadRun(LETTERS, { name: 'told' });
    run.next(run.source.deliver('a', { id: 'm-1', topic: 'letters.new', attempt: 3, headers: { from: 'test' } }));
    await run.done(1);
    const [told] = run.seen as Told[];
    expect(told).deep.include({ letter: 'a', attempt: 3, trace: {} });
    expect(told?.message).deep.include({ id: 'm-1', topic: 'letters.new', data: 'a', headers: { from: 'test' } });
    expect(told?.threadId).greaterThan(0);
  });

  it("tells it its stage's span, in W3C headers", async () => {
    const tracing = startTracing();
    try {
      using run = new ThreadRun(LETTERS, { name: 'told' }, (operator) => stage('price', operator));
      run.give('a');
      await run.done(1);
      const span = tracing.span('price').spanContext();
      expect((run.seen as Told[])[0]?.trace['traceparent']).equal(`00-${span.traceId}-${span.spanId}-01`);
    } finally {
      await tracing.stop();
    }
  });

  it('handles as many at once as there are threads, in threads of their own', async () => {
    using run = new ThreadRun(LETTERS, { name: 'told', threads: 2 });
    await eventually(() => run.events.length === 2);
    run.give(...'abcdefgh');
    await run.done(8);
    const told = run.seen as Told[];
    expect(new Set(told.map(({ threadId }) => threadId)).size).equal(2);
    expect(told.map(({ letter }) => letter).sort()).deep.equal([...'abcdefgh']);
  });

  it('keeps the event loop free while it computes', async () => {
    using run = new ThreadRun(LETTERS, { name: 'compute' });
    run.give(1);
    await run.done(1);
    let turns = 0;
    run.give(200);
    await eventually(
      () => {
        turns += 1;
        return run.seen.length === 2;
      },
      { everyMs: 1 },
    );
    expect(turns).greaterThan(10);
  });

  it('starts the most urgent of what waits', async () => {
    using run = new ThreadRun(LETTERS);
    run.next(run.source.deliver('a', { priority: 'low' }));
    run.next(run.source.deliver('b', { priority: 'normal' }));
    run.next(run.source.deliver('c', { priority: 'critical' }));
    await run.done(3);
    expect(run.seen).deep.equal(['C', 'B', 'A']);
  });

  it('drops a delivery that others settle while it waits', async () => {
    using run = new ThreadRun(LETTERS);
    const a = run.source.deliver('a');
    run.next(a);
    a.retry();
    run.give('b');
    await eventually(() => run.seen.length === 1);
    expect(run.seen).deep.equal(['B']);
    expect(run.source.log).deep.equal(['retry a 0']);
  });

  it('says how its threads are, as long as it is subscribed', async () => {
    expect(threadHealth()).deep.equal([]);
    const run = new ThreadRun(LETTERS, { threads: 2 });
    expect(threadHealth()).deep.equal([{ module: LETTERS.href, threads: 2, alive: 0, busy: 0, replaced: 0 }]);
    await eventually(() => run.events.length === 2);
    expect(run.events.map(({ kind, alive }) => `${kind} ${alive}`)).deep.equal(['up 1', 'up 2']);
    expect(threadHealth()[0]).includes({ alive: 2, busy: 0 });
    run.subscription.unsubscribe();
    expect(threadHealth()).deep.equal([]);
  });

  it('has as many threads as cores but one, at least one, unless told otherwise', () => {
    const attributes = nodeOf(handleInThreads(LETTERS)).attributes;
    expect(attributes).deep.equal({ module: LETTERS.href, threads: Math.max(1, availableParallelism() - 1) });
  });

  it('checks its arguments at the call', () => {
    expect(() => handleInThreads(undefined as never)).throw(InvalidOptionError, /^module is undefined: it takes a URL/);
    expect(() => handleInThreads('')).throw(InvalidOptionError, /^module is ''/);
    for (const threads of [0, 1.5, Infinity, '2' as never]) {
      expect(() => handleInThreads(LETTERS, { threads })).throw(
        InvalidOptionError,
        /^threads is .*whole number from 1/,
      );
    }
    expect(() => handleInThreads(LETTERS, { timeoutMs: 0 })).throw(InvalidOptionError, /^timeoutMs is 0/);
    expect(() => handleInThreads(LETTERS, { name: '' })).throw(InvalidOptionError, /^name is ''/);
    expect(() => handleInThreads(LETTERS, { onThread: 1 as never })).throw(InvalidOptionError, /^onThread is 1/);
  });

  it('refuses limits that no thread can start with, or that are none', () => {
    const refused: readonly [limits: unknown, why: RegExp][] = [
      [{ maxOldGenerationSizeMb: 2 }, /^resourceLimits.maxOldGenerationSizeMb is 2: it takes a number of MB from 8/],
      [{ stackSizeMb: 0.1 }, /^resourceLimits.stackSizeMb is 0.1: it takes a number of MB from 0.5/],
      [{ stackSizeMb: Number.NaN }, /^resourceLimits.stackSizeMb is NaN/],
      [{ codeRangeSizeMb: '4' }, /^resourceLimits.codeRangeSizeMb is '4'/],
      [{ maxOldGenerationSizeMB: 64 }, /^resourceLimits.maxOldGenerationSizeMB is 64: it takes nothing: there are max/],
      ['64', /^resourceLimits is '64': it takes an object with limits in MB/],
    ];
    for (const [resourceLimits, why] of refused) {
      expect(() => handleInThreads(LETTERS, { resourceLimits } as HandleInThreadsOptions)).throw(
        InvalidOptionError,
        why,
      );
    }
    expect(() => handleInThreads(LETTERS, { resourceLimits: { stackSizeMb: 0.5 } })).not.throw();
  });

  it('loads Piscina only where it is subscribed to', async () => {
    const loaded = 'Object.keys(require("node:module")._cache).some((file) => file.includes("piscina"))';
    const code = `import(${JSON.stringify(SLUICE)}).then(() => console.log("piscina", ${loaded}))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', code]);
    expect(stdout.trim()).equal('piscina false');
  });

  it('starts no thread before it is subscribed to, and none for a source that is empty', () => {
    const operator = handleInThreads(LETTERS, { threads: 1 });
    const empty = of<never>().pipe(operator);
    expect(threadHealth()).deep.equal([]);
    let completed = false;
    empty.subscribe({ complete: () => (completed = true) });
    expect(completed).equal(true);
    expect(threadHealth()).deep.equal([]);
  });
});
