import { expect } from 'chai';
import { PermanentError } from '../../src/core/errors.ts';
import { handleInThreads } from '../../src/operators/handleInThreads.ts';
import { HandlerTimeoutError } from '../../src/operators/handlerTimeoutError.ts';
import { NotCloneableError } from '../../src/operators/threads/notCloneableError.ts';
import { ThreadDiedError } from '../../src/operators/threads/threadDiedError.ts';
import { threadHealth } from '../../src/operators/threads/threadHealth.ts';
import { ThreadModuleError } from '../../src/operators/threads/threadModuleError.ts';
import { pipeline } from '../../src/pipeline/pipeline.ts';
import { fromObservable } from '../../src/sources/fromObservable.ts';
import { eventually } from '../support/eventually.ts';
import { warningsOf } from '../support/warnings.ts';
import { everyThreadEnds, moduleUrl, ThreadRun } from './threads/support.ts';

const FAULTS = moduleUrl('faults.ts');
const MODULES = moduleUrl('.');
const SMALL = { maxOldGenerationSizeMb: 24 };

describe('handleInThreads, when things go wrong', () => {
  everyThreadEnds();

  describe('in the handler', () => {
    it('fails the delivery with what was thrown: name, message, code, stack and cause', async () => {
      using run = new ThreadRun(FAULTS);
      run.give('throw', 'text', 'fine');
      await run.done(3);
      expect(run.seen).deep.equal(['fine']);
      expect(run.source.log).deep.equal(['fail throw: no', 'fail text: just a text']);
      const error = run.errorOf('throw');
      expect(error).not.instanceOf(PermanentError);
      expect(error).includes({ name: 'OddError', message: 'no', code: 'ODD' });
      expect(error?.stack).contain('faults.ts');
      expect(error?.cause).includes({ name: 'TypeError', message: 'why' });
      expect(run.events.map(({ kind }) => kind)).deep.equal(['up']);
    });

    it('leaves a PermanentError permanent', async () => {
      using run = new ThreadRun(FAULTS);
      run.give('permanent');
      await run.done(1);
      expect(run.errorOf('permanent')).instanceOf(PermanentError).includes({
        code: 'MINE',
        message: 'never',
        messageId: 'test-1',
      });
    });

    it('rejects an answer that has no copy, and the thread lives', async () => {
      using run = new ThreadRun(FAULTS);
      run.give('function', 'fine');
      await run.done(2);
      expect(run.seen).deep.equal(['fine']);
      const error = run.errorOf('function');
      expect(error).instanceOf(NotCloneableError).instanceOf(PermanentError).includes({ code: 'NOT_CLONEABLE' });
      expect(error?.message).match(
        /^message 'test-1': the answer of its thread can't be passed back: .*could not be cloned/,
      );
      expect(run.notices).deep.equal([]);
    });

    it('rejects data that has no copy, and the thread lives', async () => {
      using run = new ThreadRun(FAULTS);
      const data = { call: () => 1 };
      run.give(data, 'fine');
      await run.done(2);
      expect(run.seen).deep.equal(['fine']);
      const error = run.errorOf(data);
      expect(error).instanceOf(NotCloneableError).instanceOf(PermanentError);
      expect(error?.message).match(/^message 'test-1': the data can't be passed to a thread: .*could not be cloned/);
      expect(run.notices).deep.equal([]);
    });
  });

  describe('with a thread', () => {
    const deaths: [string, RegExp][] = [
      ['exit', /^the thread that handled message 'test-1' ended: process\.exit\(3\) was called in it/],
      ['uncaught', /ended: an error was thrown that nobody caught: from nowhere/],
      ['unhandled', /ended: an error was thrown that nobody caught: nobody cares/],
      ['memory', /ended: it ran out of memory; `resourceLimits` says how much it has/],
    ];
    for (const [death, message] of deaths) {
      it(`fails the one delivery that it had, replaces it, and says so: ${death}`, async () => {
        using run = new ThreadRun(FAULTS, { resourceLimits: SMALL });
        run.give(death, 'a', 'b');
        await run.done(3);
        expect(run.seen).deep.equal(['a', 'b']);
        expect(run.source.settlements.map(({ verdict }) => verdict.kind)).deep.equal(['fail']);
        const error = run.errorOf(death);
        expect(error).instanceOf(ThreadDiedError).not.instanceOf(PermanentError);
        expect(error).includes({ code: 'THREAD_DIED', messageId: 'test-1' });
        expect(error?.message).match(message);
        expect(run.events.map(({ kind, alive, replaced }) => [kind, alive, replaced])).deep.equal([
          ['up', 1, 0],
          ['down', 0, 1],
          ['up', 1, 1],
        ]);
        expect(run.notices.map(({ level, code }) => [level, code])).deep.equal([['warn', 'THREAD_REPLACED']]);
        expect(threadHealth()[0]).includes({ alive: 1, busy: 0, replaced: 1 });
      });
    }

    it('leaves the others and what they handle alone', async () => {
      using run = new ThreadRun(FAULTS, { threads: 2 });
      await eventually(() => run.events.length === 2);
      run.give('hang', 'exit');
      await run.done(1);
      run.give('a', 'b', 'c');
      await run.done(4);
      expect(run.seen).deep.equal(['a', 'b', 'c']);
      expect(run.source.unsettled).include('hang');
      expect(run.source.log).length(1);
    });

    it('tries a message again that ended its thread, and makes a dead letter of it at the last attempt', async () => {
      const rejected: string[] = [];
      const seen: unknown[] = [];
      const source = fromObservable(['a', 'exit', 'b'], {
        attempts: 3,
        backoff: { initialMs: 1, maxMs: 1 },
        onReject: (data, error) => void rejected.push(`${data}: ${error.message}`),
      });
      await new Promise<void>((complete, error) =>
        source
          .pipe(handleInThreads(FAULTS, { threads: 2, notify: () => undefined }))
          .subscribe({ next: (delivery) => [seen.push(delivery.data), delivery.ack()], complete, error }),
      );
      expect(seen.sort()).deep.equal(['a', 'b']);
      expect(rejected).length(1);
      expect(rejected[0]).match(/^exit: the thread that handled message .* ended: process.exit\(3\)/);
    });

    it('warns the process where nobody asked to be told otherwise', async () => {
      const warned = await warningsOf(1, async () => {
        using run = new ThreadRun(FAULTS, { notify: undefined as never });
        run.give('exit');
        await run.done(1);
      });
      expect(warned[0]).includes({ code: 'THREAD_REPLACED' });
      expect(warned[0]?.message).match(/faults\.ts ended and is replaced/);
    });

    it('is none the worse for an onThread that throws', async () => {
      const onThread = () => {
        throw new Error('no');
      };
      const warned = await warningsOf(1, async () => {
        using run = new ThreadRun(FAULTS, { onThread });
        run.give('a');
        await run.done(1);
        expect(run.seen).deep.equal(['a']);
      });
      expect(warned[0]?.message).match(/onThread or notify threw: no/);
    });
  });

  describe('at a limit', () => {
    for (const what of ['endless', 'hang']) {
      it(`ends the thread at the timeout, fails the delivery and goes on: ${what}`, async () => {
        using run = new ThreadRun(FAULTS, { timeoutMs: 100 });
        run.give(what, 'a');
        await run.done(2);
        expect(run.seen).deep.equal(['a']);
        expect(run.errorOf(what)).instanceOf(HandlerTimeoutError).includes({ timeoutMs: 100 });
        expect(run.events.map(({ kind }) => kind)).deep.equal(['up', 'down', 'up']);
      });
    }

    it('does not count the start of a thread', async () => {
      using run = new ThreadRun(FAULTS, { timeoutMs: 100 });
      run.give('endless', 'endless', 'a');
      await run.done(3);
      expect(run.seen).deep.equal(['a']);
      expect(run.source.settlements.map(({ verdict }) => verdict.kind)).deep.equal(['fail', 'fail']);
    });

    it('gives back what runs and what waits when unsubscribed, and ends the threads', async () => {
      const run = new ThreadRun(FAULTS, { threads: 2 });
      await eventually(() => run.events.length === 2);
      run.give('endless', 'hang', 'a', 'b');
      run.subscription.unsubscribe();
      expect(run.source.log).deep.equal(['release endless', 'release hang', 'release a', 'release b']);
      expect(run.seen).deep.equal([]);
      expect(threadHealth()).deep.equal([]);
      expect(run.notices).deep.equal([]);
    });

    it('does the same on a source error, before it passes that on', async () => {
      using run = new ThreadRun(FAULTS);
      await eventually(() => run.events.length === 1);
      run.give('hang', 'a');
      run.fail(new Error('gone'));
      expect(run.source.log).deep.equal(['release hang', 'release a']);
      expect(run.error).has.property('message', 'gone');
    });
  });

  describe('with the module', () => {
    const modules: [string, RegExp][] = [
      ['missing.mjs', /^threads can't run 'file:.*missing\.mjs': Cannot find module/],
      ['throws.mjs', /^threads can't run 'file:.*throws\.mjs': not today/],
      ['exits.mjs', /^threads can't run 'file:.*exits\.mjs': process\.exit\(4\) was called in it/],
      ['nothing.mjs', /^threads can't run 'file:.*nothing\.mjs': it exports no function 'default', but limit/],
      ['data:text/javascript,export default (', /^threads can't run 'data:.*': /],
    ];
    for (const [module, message] of modules) {
      it(`errors for good, and gives everything back: ${module}`, async () => {
        using run = new ThreadRun(new URL(module, MODULES), { threads: 2 });
        run.give('a', 'b', 'c');
        await eventually(() => run.error !== undefined);
        expect(run.error).instanceOf(ThreadModuleError).instanceOf(PermanentError).includes({ code: 'THREAD_MODULE' });
        expect((run.error as Error).message).match(message);
        expect((run.error as Error).cause).instanceOf(Error);
        expect(run.source.log).deep.equal(['release a', 'release b', 'release c']);
        expect(threadHealth()).deep.equal([]);
      });
    }

    it('errors for good where a thread has not the memory to load it', async () => {
      using run = new ThreadRun(moduleUrl('hoards.mjs'), { resourceLimits: SMALL });
      run.give('a');
      await eventually(() => run.error !== undefined);
      expect(run.error).instanceOf(ThreadModuleError);
      expect((run.error as Error).message).match(/hoards\.mjs': it ran out of memory/);
      expect(run.source.log).deep.equal(['release a']);
    });

    it('ends a pipeline for good, and no message is lost by it', async () => {
      const handedBack: unknown[] = [];
      const source = fromObservable(['a', 'b'], { onReject: (data) => void handedBack.push(data) });
      const told: string[] = [];
      const running = pipeline('pricing', source, handleInThreads(moduleUrl('throws.mjs'), { threads: 1 })).run({
        notify: ({ code }) => told.push(code),
      });
      const error = await running.done.then(
        () => undefined,
        (cause) => cause,
      );
      expect(error).instanceOf(ThreadModuleError);
      expect(running.state).equal('failed');
      expect(told).deep.equal(['PIPELINE_FAILED']);
      expect(running.counts.settled).includes({ ack: 0, reject: 0, release: 2 });
      expect(handedBack).deep.equal([]);
    });
  });
});
