import { join } from 'node:path';
import { expect } from 'chai';
import { fetchSeries } from '../../../examples/macro-desk/fetchSeries.ts';
import { loadSeries } from '../../../examples/macro-desk/loadSeries.ts';
import { observationsOf } from '../../../examples/macro-desk/observationsOf.ts';
import type { Series } from '../../../examples/macro-desk/series.ts';
import { DbnomicsServer, type SeriesDoc } from '../../support/dbnomicsServer.ts';

const DATA = join(import.meta.dirname, '../../../examples/macro-desk/data');

describe('macro-desk fetchSeries', () => {
  let server: DbnomicsServer;
  let recorded: readonly Series[];
  let progress: string[];
  let warnings: string[];
  before(async () => {
    recorded = await loadSeries(DATA);
  });
  beforeEach(async () => {
    server = await DbnomicsServer.start();
    progress = [];
    warnings = [];
  });
  afterEach(() => server.stop());

  const fetch = (
    signal = new AbortController().signal,
    onProgress: (line: string) => void = (line) => progress.push(line),
    responseMs = 20_000,
  ) =>
    fetchSeries(recorded, server.options.baseUrl, {
      signal,
      progress: onProgress,
      warn: (line) => warnings.push(line),
      http: { attempts: 2, backoff: { initialMs: 1 }, responseMs },
    });
  const change = (code: string, to: (doc: SeriesDoc) => SeriesDoc | undefined) => {
    server.docs = server.docs.flatMap((doc) => (doc.series_code === code ? (to(doc) ?? []) : doc));
  };
  /** What is computed with. */
  const numbers = (series: readonly Series[]) =>
    [...observationsOf(series)].map(({ value, ...rest }) => ({ ...rest, value: value === 'NA' ? null : value }));

  it('has of a server that has the recordings what is recorded, and says how far it is', async () => {
    const { series, fetched } = await fetch();
    expect(fetched).to.equal(10);
    expect(numbers(series)).to.deep.equal(numbers(recorded));
    expect(progress).to.have.lengthOf(10);
    expect(progress[0]).to.match(/^1\/10 {2}BDF\/BSI1\/M\.FR\S+: 12 periods/);
    expect(progress.join('\n')).to.include(
      'IMF/WEO:2025-04/NPL.NGDP_RPCH.pcent_change: 16 periods, indexed on 2025-05-15',
    );
    expect(warnings).to.deep.equal([]);
  });

  it('has what has come since', async () => {
    change('D.USD.EUR.SP00.A', (doc) => ({
      ...doc,
      period: ['2026-10-05'],
      period_start_day: ['2026-10-05'],
      value: [1.2],
    }));
    const { series } = await fetch();
    expect(series[1]).to.deep.include({ id: 'ECB/EXR/D.USD.EUR.SP00.A', periods: ['2026-10-05'], values: [1.2] });
  });

  it('takes from the recordings what is not there any more, what can not be read and what fails, and says which', async () => {
    change('M.IN', () => undefined);
    change('M.US', (doc) => ({ ...doc, value: [1] }));
    server.http.fail({ kind: 'html', status: 500 }, { kind: 'html', status: 502 });
    const { series, fetched } = await fetch();
    expect(fetched).to.equal(7);
    expect(numbers(series)).to.deep.equal(numbers(recorded));
    expect(warnings).to.have.lengthOf(3);
    for (const [i, id, why] of [
      [0, 'BDF/BSI1/M.FR.N.V.M10.A.1.U2.2300.Z01.E', 'answered 502'],
      [1, 'BIS/cbpol/M.IN', 'not found'],
      [2, 'BIS/cbpol/M.US', '16 periods, 1 values'],
    ] as const) {
      const line = warnings.sort()[i];
      expect(line).to.include(`${id} is taken from the recordings: `).and.include(why);
    }
  });

  it('takes all from the recordings when nobody answers, and asks for the first one only', async () => {
    server.http.fail({ kind: 'silent' }, { kind: 'silent' });
    expect(await fetch(undefined, undefined, 100)).to.deep.equal({ series: recorded, fetched: 0 });
    expect(warnings).to.have.lengthOf(1);
    expect(warnings[0]).to.match(/^DBnomics can't be reached at 127\.0\.0\.1:\d+ \(no answer in time\): /);
    expect(server.http.asked).to.have.lengthOf(2);
  });

  it('asks for no more once it is told to stop, and complains of nothing', async () => {
    const stop = new AbortController();
    const { series, fetched } = await fetch(stop.signal, () => stop.abort());
    expect(fetched).to.equal(1);
    expect(series).to.have.lengthOf(10);
    expect(server.http.asked).to.have.lengthOf(1);
    expect(warnings).to.deep.equal([]);
  });
});
