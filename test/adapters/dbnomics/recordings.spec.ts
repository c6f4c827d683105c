import { expect } from 'chai';
import { lastValueFrom, toArray } from 'rxjs';
import { dbnomics, type Series } from '../../../src/adapters/dbnomics/index.ts';
import { DbnomicsServer, recorded } from '../../support/dbnomicsServer.ts';

const all = (source: ReturnType<ReturnType<typeof dbnomics>['series']>) => lastValueFrom(source.pipe(toArray()));

describe('recordings of DBnomics', () => {
  let server: DbnomicsServer;
  before(async () => {
    server = await DbnomicsServer.start();
  });
  after(() => server.stop());

  const FILES = [
    ['series_mask_BIS_cbpol_monthly_NA.json', 'monthly', 3],
    ['series_ids_annual_quarterly_reconstructed.json', undefined, 2],
    ['series_INE-SPAIN_quarterly_reconstructed.json', 'quarterly', 1],
    ['series_BDF_monthly_leadingNA_reconstructed.json', 'monthly', 1],
    ['series_WEO2025-04_NPL_annual_partial.json', 'annual', 1],
    ['series_ECB_EXR_daily_2points.json', 'daily', 1],
  ] as const;
  for (const [file, frequency, count] of FILES) {
    it(`are read to the digit: ${file}`, async () => {
      const { docs } = recorded(file).series;
      const ids = docs.map((doc: Record<string, string>) =>
        [doc['provider_code'], doc['dataset_code'], doc['series_code']].join('/'),
      );
      const series = await all(dbnomics(server.options).series({ ids, observations: true }));
      expect(series.length).equal(count);
      for (const [i, one] of series.entries()) {
        const doc = docs[i];
        expect(one.id).equal(ids[i]);
        expect(one.frequency).equal(frequency ?? doc['@frequency']);
        expect(one.indexedAt).equal(doc.indexed_at);
        expect(one.seriesName).equal(doc.series_name);
        expect(one.dimensions).deep.equal(doc.dimensions ?? {});
        expect(one.observations.map(({ period }) => period)).deep.equal(doc.period);
        expect(one.observations.map(({ startDay }) => startDay)).deep.equal(doc.period_start_day);
        expect(one.observations.map(({ value, original }) => original ?? value)).deep.equal(doc.value);
        expect(one.observations.every(({ value, original }) => (value === null) === (original === 'NA'))).equal(true);
      }
    });
  }

  for (const encoding of ['gzip', 'zstd'] as const) {
    it(`are the same compressed by ${encoding}`, async () => {
      const query = { provider: 'BIS', dataset: 'cbpol', observations: true };
      const plain = await all(dbnomics(server.options).series(query));
      server.http.encoding = encoding;
      const compressed = await all(dbnomics(server.options).series(query));
      server.http.encoding = undefined;
      expect(compressed).deep.equal(plain);
      expect(server.http.asked.at(-1)?.headers['accept-encoding']).contain(encoding);
    });
  }

  // Written out once by hand, so that the reader above is not judged by itself alone.
  it('hold these values', async () => {
    const api = dbnomics(server.options);
    const value = ({ observations }: Series, period: string) =>
      observations.find((one) => one.period === period)?.value;
    const byMask = await all(api.series({ provider: 'BIS', dataset: 'cbpol', mask: 'M.', observations: true }));
    expect(byMask.map(({ seriesCode }) => seriesCode)).deep.equal(['M.AR', 'M.IN', 'M.US']);
    expect(byMask.map((one) => one.observations.filter((at) => at.value === null).length)).deep.equal([7, 1, 6]);
    expect(value(byMask[0] as Series, '1993-04')).equal(0.63);
    expect(value(byMask[2] as Series, '1955-04')).equal(1.69);
    const ids = ['IMF/WEO:2025-04/NPL.NGDP_RPCH.pcent_change', 'ECB/EXR/D.USD.EUR.SP00.A'];
    const [nepal, dollar] = (await all(api.series({ ids, observations: true }))) as [Series, Series];
    expect(value(nepal, '2020')).equal(-2.37);
    expect(value(dollar, '2026-10-02')).equal(1.1225);
    expect(dollar.indexedAt).equal(undefined);
  });

  it('of a redirect: WEO:latest leads to the release, by ids and by dataset', async () => {
    const api = dbnomics(server.options);
    const { series } = recorded('series_ids_WEO_latest_redirect_clienttest.json').response2;
    for (const query of [
      { ids: ['IMF/WEO:latest/NZL.LP.persons'] },
      { provider: 'IMF', dataset: 'WEO:latest', mask: 'NZL.LP.persons' },
    ]) {
      const [found] = await all(api.series({ ...query, observations: true }));
      expect(found?.id).equal('IMF/WEO:2023-04/NZL.LP.persons');
      expect(found?.indexedAt).equal('2023-04-22T03:15:05.736Z');
      expect(found?.observations).deep.equal([
        { period: '1980', startDay: '1980-01-01', value: series.docs[0].value[0] },
      ]);
    }
  });

  it('of the editor: filters, posted and read as they were', async () => {
    const { filters, pairs } = recorded('editor_apply_biannual_reconstructed.json');
    server.docs.push(
      ...pairs.map((pair: { series_code: string; posted: { value: unknown[]; period_start_day: string[] } }) => ({
        '@frequency': 'annual',
        provider_code: 'AMECO',
        dataset_code: 'posted',
        series_code: pair.series_code,
        period: pair.posted.period_start_day.map((day) => day.slice(0, 4)),
        ...pair.posted,
      })),
    );
    const series = await all(dbnomics(server.options).series({ provider: 'AMECO', dataset: 'posted', filters }));
    expect(series.map(({ seriesCode }) => seriesCode)).deep.equal(['EA19.1.0.0.0.ZUTN', 'DNK.1.0.0.0.ZUTN']);
    for (const [i, { frequency, observations }] of series.entries()) {
      const returned = pairs[i].returned_series;
      expect(frequency).equal('bi-annual');
      expect(observations.map(({ period }) => period)).deep.equal(returned.period);
      expect(observations.map(({ startDay }) => startDay)).deep.equal(returned.period_start_day);
      expect(observations.map(({ value, original }) => original ?? value)).deep.equal(returned.value);
    }
    const some = { provider: 'AMECO', dataset: 'posted', filters, from: '2001-01-01' };
    const [first] = await all(dbnomics(server.options).series(some));
    expect(first?.observations.map(({ value }) => value)).deep.equal([8.335816856285078, 8.555109440458654]);
  });
});
