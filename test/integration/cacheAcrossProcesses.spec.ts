import { expect } from 'chai';
import type { CacheMetrics } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { HeldUpstream } from '../support/heldUpstream.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { TestProcess } from '../support/testProcess.ts';

interface Told {
  readonly ready?: true;
  readonly asked?: true;
  readonly failed?: string;
  /** How often each answer came. */
  readonly answers?: Readonly<Record<string, number>>;
  readonly metrics?: CacheMetrics;
}

const NAMES = ['a', 'b', 'c', 'd'];
const EACH = 250;
const LEASE_MS = 1_000;

describe('a cache of four processes', () => {
  const redis = redisFixture();
  beforeEach(() => redis.outside.flushall());

  /** Starts them, and has all ask at once; resolves when the upstream has the first call and all have asked. */
  async function askers(upstream: HeldUpstream): Promise<readonly TestProcess<Told>[]> {
    const args = (name: string) => [redis.server.url, upstream.url, name, `${EACH}`, `${LEASE_MS}`];
    const processes = NAMES.map((name) => new TestProcess<Told>('asker', args(name)));
    await Promise.all(processes.map((each) => each.heard(({ ready }) => ready === true)));
    for (const each of processes) each.send('ask');
    await Promise.all(processes.map((each) => each.heard(({ asked }) => asked === true)));
    await eventually(() => upstream.calls.length > 0);
    return processes;
  }

  async function answersOf(process: TestProcess<Told>): Promise<Told['answers']> {
    return (await process.heard(({ answers, failed }) => answers !== undefined || failed !== undefined)).answers;
  }

  it('makes one upstream call of a thousand equal requests', async function () {
    this.timeout(60_000);
    await using upstream = await HeldUpstream.start();
    const processes = await askers(upstream);
    await using _ = disposing(processes);
    upstream.answer();
    const answers = await Promise.all(processes.map(answersOf));
    expect(answers).to.deep.equal(NAMES.map(() => ({ '{"call":1}': EACH })));
    expect(upstream.calls).to.have.lengthOf(1);
    // And again, out of their own memory.
    for (const each of processes) each.send('ask');
    await eventually(() => {
      for (const { messages } of processes) expect(messages.filter((told) => told.answers)).to.have.lengthOf(2);
    });
    expect(upstream.calls).to.have.lengthOf(1);
    for (const each of processes) each.send('end');
    await Promise.all(processes.map((each) => each.end()));
  });

  it('has the flight taken over by one of them when its process is killed: every other request is answered', async function () {
    this.timeout(60_000);
    await using upstream = await HeldUpstream.start();
    const processes = await askers(upstream);
    await using _ = disposing(processes);
    const flyer = NAMES.indexOf(upstream.calls[0] ?? '');
    const killedAt = performance.now();
    processes[flyer]?.signal('SIGKILL');
    await eventually(() => upstream.calls.length === 2, { withinMs: 20_000, everyMs: 5 });
    const takenMs = Math.round(performance.now() - killedAt);
    console.log(`      taken over ${takenMs} ms after kill -9, with a lease of ${LEASE_MS} ms`);
    upstream.answer();
    const others = processes.filter((_each, i) => i !== flyer);
    const answers = await Promise.all(others.map(answersOf));
    expect(answers).to.deep.equal(others.map(() => ({ '{"call":2}': EACH })));
    expect(upstream.calls).to.have.lengthOf(2);
    expect(upstream.calls[1]).to.not.equal(upstream.calls[0]);
    for (const each of others) each.send('end');
    await Promise.all(others.map((each) => each.end()));
  });

  it('overwrites nothing with what a process brings that stood still for longer than its lease', async function () {
    this.timeout(60_000);
    await using upstream = await HeldUpstream.start();
    const processes = await askers(upstream);
    await using _ = disposing(processes);
    const flyer = processes[NAMES.indexOf(upstream.calls[0] ?? '')] as TestProcess<Told>;
    flyer.signal('SIGSTOP');
    await eventually(() => upstream.calls.length === 2, { withinMs: 20_000 });
    upstream.answer();
    for (const each of processes) {
      if (each !== flyer) expect(await answersOf(each)).to.deep.equal({ '{"call":2}': EACH });
    }
    flyer.signal('SIGCONT');
    expect(await answersOf(flyer), 'who asked it gets what it brings').to.deep.equal({ '{"call":1}': EACH });
    for (const each of processes) each.send('ask');
    for (const { messages } of processes) {
      await eventually(() => expect(messages.filter((told) => told.answers)).to.have.lengthOf(2));
      expect(messages.findLast((told) => told.answers)?.answers).to.deep.equal({ '{"call":2}': EACH });
    }
    expect(flyer.messages.at(-1)?.metrics?.lostFlights).to.equal(1);
    expect(upstream.calls).to.have.lengthOf(2);
    for (const each of processes) each.send('end');
    await Promise.all(processes.map((each) => each.end()));
  });
});

function disposing(processes: readonly TestProcess<Told>[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}
