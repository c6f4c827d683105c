import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSeries } from '../../../examples/macro-desk/loadSeries.ts';
import { observationsOf } from '../../../examples/macro-desk/observationsOf.ts';

const DATA = join(import.meta.dirname, '../../../examples/macro-desk/data');

describe('macro-desk loadSeries', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'macro-desk-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('loads every recorded series, in order of the files', async () => {
    const series = await loadSeries(DATA);
    expect(series.map(({ id, frequency, periods }) => `${frequency} ${id} ${periods.length}`)).to.deep.equal([
      'monthly BDF/BSI1/M.FR.N.V.M10.A.1.U2.2300.Z01.E 12',
      'daily ECB/EXR/D.USD.EUR.SP00.A 2',
      'quarterly INE-SPAIN/30680/CNTR4757 12',
      'annual IMF/WEO:2025-04/NPL.NGDP_RPCH.pcent_change 16',
      'annual IMF/WEO:2023-04/NZL.LP.persons 1',
      'annual AMECO/ZUTN/EA19.1.0.0.0.ZUTN 12',
      'quarterly Eurostat/une_rt_q/Q.SA.Y15-24.PC_ACT.T.EA19 12',
      'monthly BIS/cbpol/M.AR 20',
      'monthly BIS/cbpol/M.IN 14',
      'monthly BIS/cbpol/M.US 16',
    ]);
  });

  it('knows which are percentages', async () => {
    const series = await loadSeries(DATA);
    const percentages = series.filter(({ percentage }) => percentage).map(({ id }) => id.split('/')[0]);
    expect(percentages).to.deep.equal(['IMF', 'AMECO', 'Eurostat', 'BIS', 'BIS', 'BIS']);
  });

  it('refuses a file that holds no series, by name', async () => {
    await writeFile(join(folder, 'other.json'), '{"providers":{}}');
    const error = await loadSeries(folder).catch((cause: Error) => cause);
    expect(error).to.be.instanceOf(Error).and.to.have.property('message').that.includes('other.json');
  });
});

describe('macro-desk observationsOf', () => {
  const series = [
    {
      id: 'P/D/a',
      frequency: 'annual',
      percentage: false,
      area: undefined,
      periods: ['2000', '2001'],
      values: [1, 'NA'],
    },
    { id: 'P/D/b', frequency: 'annual', percentage: true, area: 'FR', periods: ['2000'], values: ['3'] },
  ];

  it('gives each value as it was recorded', () => {
    expect([...observationsOf(series)]).to.deep.equal([
      { series: 'P/D/a', frequency: 'annual', period: '2000', value: 1, percentage: false },
      { series: 'P/D/a', frequency: 'annual', period: '2001', value: 'NA', percentage: false },
      { series: 'P/D/b', frequency: 'annual', period: '2000', value: '3', percentage: true, area: 'FR' },
    ]);
  });

  it('gives each repetition as series of its own, and the same again when asked again', () => {
    const observations = observationsOf(series, 3);
    const names = () => [...observations].map((observation) => observation.series);
    expect(names()).to.deep.equal([
      'P/D/a',
      'P/D/a',
      'P/D/b',
      'P/D/a#2',
      'P/D/a#2',
      'P/D/b#2',
      'P/D/a#3',
      'P/D/a#3',
      'P/D/b#3',
    ]);
    expect(names()).to.have.lengthOf(9);
  });
});
