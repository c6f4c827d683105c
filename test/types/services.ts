import type { Observable } from 'rxjs';
import { z } from 'zod';
import type { CatalogDataset } from '../../src/adapters/datagov/index.ts';
import type { ProviderTree, Series } from '../../src/adapters/dbnomics/index.ts';
import type { Bus } from '../../src/index.ts';
import {
  type DatagovEndpoints,
  type DatasetAnswer,
  type DbnomicsEndpoints,
  type EndpointsOf,
  endpoint,
  type PagedAnswer,
  type PageReply,
  type ProgressReply,
  pagedEndpoint,
  type ResultReply,
  service,
  serviceClient,
} from '../../src/services/index.ts';

// Compiled by the type check, never run.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(check: Same<A, B>): void;
declare const bus: Bus;

const Quote = z.strictObject({ symbol: z.string(), days: z.int().default(1) });

const prices = service(bus, {
  name: 'prices',
  endpoints: {
    'prices.value': endpoint({ params: Quote, run: ({ symbol, days }) => ({ symbol, days }) }),
    'prices.promise': endpoint({ params: Quote, run: async ({ days }) => days.toFixed() }),
    'prices.nothing': endpoint({ params: Quote, run: () => undefined }),
    'prices.maybe': endpoint({ params: Quote, run: ({ days }) => (days > 1 ? days : undefined) }),
    'prices.pages': pagedEndpoint({
      params: Quote,
      run: async function* ({ days }) {
        yield { day: days };
      },
    }),
  },
});

const client = serviceClient<EndpointsOf<typeof prices>>(bus);

/** Parameters are what the schema takes, answers what the endpoint gives. */
export async function answers(): Promise<void> {
  const value = await client.request('prices.value', { symbol: 'ETH' });
  same<typeof value, { symbol: string; days: number }>(true);
  const promised = await client.request('prices.promise', { symbol: 'ETH', days: 2 });
  same<typeof promised, string>(true);
  const nothing = await client.request('prices.nothing', { symbol: 'ETH' });
  same<typeof nothing, null>(true);
  const maybe = await client.request('prices.maybe', { symbol: 'ETH' });
  same<typeof maybe, number | null>(true);
  const whole = await client.request('prices.pages', { symbol: 'ETH' });
  same<typeof whole, PagedAnswer<{ day: number }>>(true);
  const replies = client.request$('prices.pages', { symbol: 'ETH' });
  same<typeof replies, Observable<ProgressReply | PageReply<{ day: number }> | ResultReply<null>>>(true);
  const single = client.request$('prices.promise', { symbol: 'ETH' });
  same<typeof single, Observable<ProgressReply | ResultReply<string>>>(true);

  // @ts-expect-error: not one of the service's
  client.request('prices.other', { symbol: 'ETH' });
  // @ts-expect-error: a symbol is a text
  client.request('prices.value', { symbol: 5 });
  // @ts-expect-error: not one of the four tiers
  client.request('prices.value', { symbol: 'ETH' }, { priority: 'urgent' });
}

/** The services of data have types of their own. */
export async function data(): Promise<void> {
  const dbnomics = serviceClient<DbnomicsEndpoints>(bus);
  const series = await dbnomics.request('dbnomics.series.fetch', { ids: ['a/b/c'] });
  same<typeof series, PagedAnswer<Series>>(true);
  const tree = await dbnomics.request('dbnomics.provider.get', { provider: 'ECB' });
  same<typeof tree, ProviderTree>(true);
  const found = await dbnomics.request('dbnomics.search', { q: 'gdp' });
  same<typeof found, PagedAnswer<DatasetAnswer>>(true);

  const datagov = serviceClient<DatagovEndpoints>(bus);
  const datasets = await datagov.request('datagov.datasets.search', { q: 'ozone' });
  same<typeof datasets, PagedAnswer<CatalogDataset>>(true);

  // @ts-expect-error: no parameter of it
  dbnomics.request('dbnomics.search', { words: 'gdp' });
}

/** Without types: anything may be asked, and nothing is known of the answer. */
export async function untyped(): Promise<void> {
  const answer = await serviceClient(bus).request('prices.value', { symbol: 'ETH' });
  same<typeof answer, unknown>(true);
}
