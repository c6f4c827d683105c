import { expect } from 'chai';
import { stopOnSignals } from '../../src/bus/stopOnSignals.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { eventually } from '../support/eventually.ts';
import { warningsOf } from '../support/warnings.ts';

// No signal that the test's own process would mind.
const signals: NodeJS.Signals[] = ['SIGUSR2'];
const listeners = () => process.listenerCount('SIGUSR2');

function recorded() {
  const log: string[] = [];
  const exits: number[] = [];
  const stopping = (name: string, ends: Promise<unknown> = Promise.resolve()) => ({
    async stop({ deadlineMs }: { readonly deadlineMs: number }) {
      log.push(`${name} has ${deadlineMs > 40 ? 'its time' : 'no time'}`);
      await ends;
    },
  });
  return { log, exits, exit: (code: number) => void exits.push(code), stopping };
}

describe('stopOnSignals', () => {
  let before = 0;
  beforeEach(() => {
    before = listeners();
  });
  afterEach(() => expect(listeners()).to.equal(before));

  it('stops all in order, takes its handlers away and ends the process', async () => {
    const { log, exits, exit, stopping } = recorded();
    const closing = { close: async () => void log.push('closed') };
    const disposing = { [Symbol.asyncDispose]: async () => void log.push('disposed') };
    stopOnSignals([stopping('one'), closing, disposing], { signals, exit, deadlineMs: 5_000 });
    process.kill(process.pid, 'SIGUSR2');
    await eventually(() => expect(exits).to.deep.equal([0]));
    expect(log).to.deep.equal(['one has its time', 'closed', 'disposed']);
  });

  it('ends at once at the second signal', async () => {
    const { log, exits, exit, stopping } = recorded();
    using _ = stopOnSignals([stopping('hangs', new Promise(() => undefined))], { signals, exit });
    process.kill(process.pid, 'SIGUSR2');
    await eventually(() => expect(log).to.have.lengthOf(1));
    process.kill(process.pid, 'SIGUSR2');
    await eventually(() => expect(exits).to.deep.equal([128 + 12]));
  });

  it('shares the deadline out', async () => {
    const { log, exits, exit, stopping } = recorded();
    const begun = performance.now();
    const slow = eventually(() => performance.now() - begun > 50);
    stopOnSignals([stopping('one', slow), stopping('two')], { signals, exit, deadlineMs: 50 });
    process.kill(process.pid, 'SIGUSR2');
    await eventually(() => expect(exits).to.deep.equal([0]));
    expect(log).to.deep.equal(['one has its time', 'two has no time']);
  });

  it('stops the others when one fails, says so, and ends with 1', async () => {
    const { log, exits, exit, stopping } = recorded();
    const failing = stopping('one', Promise.reject(new Error('no')));
    stopOnSignals([failing, stopping('two')], { signals, exit });
    const warnings = await warningsOf(1, () => void process.kill(process.pid, 'SIGUSR2'));
    await eventually(() => expect(exits).to.deep.equal([1]));
    expect(log).to.have.lengthOf(2);
    expect(warnings).to.deep.equal([{ code: 'STOP_FAILED', message: 'stopping failed: no' }]);
  });

  it('listens no more once it is disposed of', () => {
    stopOnSignals([], { signals })[Symbol.dispose]();
    expect(listeners()).to.equal(before);
  });

  it('refuses what it can not use', () => {
    expect(() => stopOnSignals([{} as never])).to.throw(InvalidOptionError, 'stoppables');
    expect(() => stopOnSignals([], { deadlineMs: -1 })).to.throw(InvalidOptionError, 'deadlineMs is -1');
    expect(() => stopOnSignals([], { signals: ['SIGNO' as never] })).to.throw(InvalidOptionError, "signals is 'SIGNO'");
  });
});
