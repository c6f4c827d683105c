import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Bus, connect, type Notice } from 'sluice';
import { Book } from '../../../examples/macro-desk/book.ts';
import type { RawObservation } from '../../../examples/macro-desk/observationsOf.ts';
import { runPipelines } from '../../../examples/macro-desk/runPipelines.ts';
import { RunFolder } from './support/runFolder.ts';

describe('macro-desk runPipelines', () => {
  let folder: RunFolder;
  let bus: Bus;
  let notices: Notice[];
  beforeEach(async () => {
    folder = new RunFolder();
    bus = await connect({ store: 'memory', consume: { backoff: { initialMs: 1 } } });
    notices = [];
  });
  afterEach(async () => {
    await bus.close();
    folder[Symbol.dispose]();
  });

  const annual = (period: string, rest: Partial<RawObservation> = {}): RawObservation => ({
    series: 'P/D/s',
    frequency: 'annual',
    period,
    value: 1,
    percentage: false,
    ...rest,
  });

  const run = (observations: readonly RawObservation[], signal = new AbortController().signal) => {
    const notify = (notice: Notice) => notices.push(notice);
    return runPipelines(bus, { observations, book: new Book(observations), out: folder.path, notify, signal });
  };

  it('dead-letters what is not valid and what no route wants, says why, and settles the rest', async () => {
    const weekly = annual('2001-W01', { frequency: 'weekly' });
    const summary = await run([annual('2000'), annual('2001', { value: 'n/a' }), weekly, annual('2002')]);
    expect(summary).to.include({ published: 4, settled: 2, retried: 0, deadLettered: 2 });
    expect(summary.latenciesMs).to.have.lengthOf(4);
    expect(folder.findings('annual').map(({ period }) => period)).to.deep.equal(['2000', '2002']);
    const why = notices.map(({ message }) => message);
    expect(why).to.have.lengthOf(2);
    expect(why[0]).to.include("in stage 'validate'").and.include('value');
    expect(why[1]).to.include("'dbnomics.P.D.weekly'").and.include('matches none');
  });

  it('counts the retries of what can not be written, and dead-letters it in the end', async () => {
    mkdirSync(join(folder.path, 'annual.ndjson'));
    const summary = await run([annual('2000'), annual('2000-01', { frequency: 'monthly' })]);
    expect(summary).to.include({ published: 2, settled: 1, retried: 4, deadLettered: 1 });
    const letter = notices.find(({ code }) => code === 'DEAD_LETTER');
    expect(letter?.message).to.include("in stage 'write' at attempt 5").and.include('annual.ndjson');
  });

  it('ends at once when there is nothing to publish', async () => {
    expect(await run([])).to.deep.equal({ published: 0, settled: 0, retried: 0, deadLettered: 0, latenciesMs: [] });
  });

  it('publishes nothing once it is told to stop', async () => {
    const { published } = await run([annual('2000')], AbortSignal.abort());
    expect(published).to.equal(0);
  });
});
