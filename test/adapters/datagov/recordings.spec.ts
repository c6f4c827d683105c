import { expect } from 'chai';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import { type CatalogDataset, datagov } from '../../../src/adapters/datagov/index.ts';
import { DatagovServer, recorded, recordedText } from '../../support/datagovServer.ts';

const all = <T>(source: Observable<T>) => lastValueFrom(source.pipe(toArray()));

describe('recordings of Data.gov', () => {
  let server: DatagovServer;
  beforeEach(async () => {
    server = await DatagovServer.start();
  });
  afterEach(() => server.stop());

  /** The next answer is this recording, byte for byte. */
  const play = (name: string) => server.http.fail({ kind: 'text', body: recordedText(name) });
  const api = () => datagov(server.direct);
  const firstPage = async (name: string): Promise<CatalogDataset[]> => {
    play(name);
    const datasets: CatalogDataset[] = [];
    const count = recorded(name).results.length;
    if (count === 0) return all(api().search());
    for await (const dataset of api().search({ onNotice: () => undefined })) {
      datasets.push(dataset);
      if (datasets.length === count) break;
    }
    return datasets;
  };

  for (const name of ['search.json', 'search_by_slug.json', 'search_filtered.json', 'search_no_matches.json']) {
    it(`are read whole: ${name}`, async () => {
      const { results } = recorded(name);
      const datasets = await firstPage(name);
      expect(datasets.length).equal(results.length);
      for (const [i, dataset] of datasets.entries()) {
        const hit = results[i];
        expect(dataset.dcat).deep.equal(hit.dcat);
        expect(dataset).include({
          slug: hit.slug,
          title: hit.title,
          description: hit.description,
          identifier: hit.identifier,
          publisher: hit.publisher,
          hasSpatial: hit.has_spatial,
          hasDownload: undefined,
          popularity: hit.popularity,
          lastHarvestedAt: `${hit.last_harvested_date}Z`,
          score: hit._score,
        });
        expect(dataset.keywords).deep.equal(hit.keyword);
        expect(dataset.themes).deep.equal(hit.theme);
        expect(dataset.centroid ?? null).deep.equal(hit.spatial_centroid);
        expect(dataset.shape ?? null).deep.equal(hit.spatial_shape);
        const { id, name: title, slug, organization_type, logo } = hit.organization;
        expect(dataset.organization).include({ id, name: title, slug, type: organization_type });
        expect(dataset.organization?.logo ?? '').equal(logo);
        expect(hit.harvest_record).contain(dataset.harvestRecordId);
        expect(dataset.distributions.map(({ downloadUrl }) => downloadUrl)).deep.equal(
          (hit.dcat.distribution ?? []).map((one: Record<string, string>) => one['downloadURL']),
        );
        expect(JSON.parse(Buffer.from(dataset.cursor ?? '', 'base64url').toString())).deep.equal(hit._sort);
      }
    });
  }

  // Written out once by hand, so that the reader above is not judged by itself alone.
  it('hold these values', async () => {
    const [nyc, nys] = await firstPage('search.json');
    expect(nyc?.slug).equal(
      'nyc-climate-budgeting-report-climate-alignment-assessment-and-capital-climate-investments',
    );
    expect(nyc).include({ score: 82.62245, popularity: 3, lastHarvestedAt: '2025-08-02T16:06:31.489814Z' });
    expect(nyc?.organization).include({ slug: 'nyc-ny', type: 'City Government' });
    expect(nyc?.organization?.aliases).deep.equal([]);
    expect(nyc?.distributions.map(({ mediaType }) => mediaType)).deep.equal([
      'application/json',
      'application/rdf+xml',
      'application/xml',
      'text/csv',
    ]);
    expect(nys?.harvestRecordId).equal('acbee793-d8a1-4eb9-99c1-97b16848f1b5');
    // The API's own cursor behind this hit, to the letter.
    expect(nys?.cursor).equal(recorded('search.json').after);
    expect(nys?.cursor).equal('Wzc5LjI0NDcxLDIxLCIxNzA3NjMzYi03OGE0LTQ0OWMtOTFmMy1iNzRiMGNmM2MwY2IiXQ==');
    const [crime] = await firstPage('search_by_slug.json');
    expect(crime).include({ title: 'Crime Data from 2020 to 2024', popularity: 5691 });
  });

  it('of organizations', async () => {
    const { organizations, total } = recorded('organizations.json');
    const read = await firstValueFrom(api().organizations());
    expect(read.length).equal(total);
    for (const [i, one] of read.entries()) {
      const { id, name, slug, organization_type, dataset_count, source_count, aliases } = organizations[i];
      expect(one).include({
        id,
        name,
        slug,
        type: organization_type ?? undefined,
        datasetCount: dataset_count,
        sourceCount: source_count,
      });
      expect(one.aliases).deep.equal(aliases.filter((alias: string) => alias !== ''));
    }
    expect(read[0]).include({ slug: 'census', datasetCount: 284_008, sourceCount: 609 });
  });

  it('of keywords and of locations', async () => {
    play('keywords.json');
    expect(await firstValueFrom(api().keywords())).deep.equal(
      recorded('keywords.json').keywords.map(({ keyword, count }: { keyword: string; count: number }) => ({
        keyword,
        count,
      })),
    );
    play('locations_search.json');
    expect(await firstValueFrom(api().locations('Colorado'))).deep.equal([
      { id: '6', name: 'Colorado' },
      { id: '357', name: 'Yuma County, Colorado' },
      { id: '294', name: 'Adams County, Colorado' },
    ]);
    play('location.json');
    expect(await firstValueFrom(api().location('5'))).deep.equal({
      id: '5',
      geometry: {
        type: 'MultiPolygon',
        coordinates: [
          [
            [
              [-124.3926, 32.5358],
              [-124.3926, 42.0022],
              [-114.1252, 42.0022],
              [-114.1252, 32.5358],
              [-124.3926, 32.5358],
            ],
          ],
        ],
      },
    });
  });

  it('of a dataset in its own envelope', async () => {
    play('dataset_by_slug.json');
    const dataset = await firstValueFrom(api().dataset('crime-data-from-2020-to-present'));
    expect(dataset).include({
      popularity: 2078,
      lastHarvestedAt: '2026-07-07T21:23:18.667116Z',
      score: 0,
      cursor: undefined,
    });
    expect(dataset.distributions.map(({ mediaType }) => mediaType)).deep.equal([
      'application/json',
      'application/xml',
      'text/csv',
    ]);
    expect(dataset.distributions[2]?.downloadUrl).equal(
      'https://data.lacity.org/api/v3/views/2nrs-mtv8/export.csv?accessType=DOWNLOAD',
    );
  });

  it('of harvest records: plain, raw and transformed', async () => {
    const plain = recorded('harvest_record.json');
    play('harvest_record.json');
    expect(await firstValueFrom(api().harvestRecord(plain.id))).deep.equal({
      id: 'c4d2afc2-0d60-4a75-9a68-46c6a3dec87f',
      action: 'update',
      status: 'success',
      identifier: 'a6312d29-ef5b-4df4-97ea-5da38ce36a7f',
      parentIdentifier: undefined,
      jobId: 'b068b70f-b439-40dc-9b4d-2ce9a9ceddc4',
      sourceId: '5ac48d69-f461-4ead-9dc2-b360eaaea04c',
      createdAt: '2026-05-08T20:16:21.818832Z',
      finishedAt: '2026-05-08T20:16:21.838712Z',
      sourceHash: '4dc086c82211340f79b6c5ed4bd15a19fc4236eddb05ee6cead09d160b2ae46d',
      raw: plain.source_raw,
      transformed: null,
    });
    play('harvest_record_raw.json');
    const raw = await firstValueFrom(api().harvestRaw(plain.id));
    expect(raw).deep.equal({ mediaType: 'application/json', text: recordedText('harvest_record_raw.json') });
    play('harvest_record_transformed.json');
    const transformed = await firstValueFrom(api().harvestTransformed('2360ab48-690e-4604-8487-6a28a228da9a'));
    expect(transformed).deep.equal(recorded('harvest_record_transformed.json'));
  });
});
