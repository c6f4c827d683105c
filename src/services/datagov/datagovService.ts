import { type DatagovOptions, datagov, type SeenLimit } from '../../adapters/datagov/index.ts';
import { checkDataService, type DataServiceOptions, type DataServicePort, dataService } from '../dataService.ts';
import { type Service, service } from '../service.ts';
import type { UpstreamHealth } from '../serviceHealth.ts';
import { type DatagovEndpoints, datagovEndpoints } from './endpoints.ts';

export interface DatagovServiceOptions extends DataServiceOptions {
  /** How to reach Data.gov: by the gateway and with which key, or direct. */
  readonly api?: DatagovOptions;
}

/**
 * The catalog of Data.gov on the bus: an endpoint for each thing that `datagov()` can be asked. The endpoints are listed in
 * the guide. The key stays with the service; whoever asks needs none and sees none.
 *
 * Order, memory, settlement, errors: those of `service`. What a dataset is, and in which units: that of `datagov`.
 *
 * @example
 * await using running = datagovService(bus, { rateLimit: { rate: 0.25, burst: 20 } });
 * await bus.request('datagov.datasets.search', { q: 'climate', limit: 10 });
 *
 * @throws {InvalidOptionError} if an option is out of its bounds
 */
export function datagovService(bus: DataServicePort, options: DatagovServiceOptions = {}): Service<DatagovEndpoints> {
  checkDataService(bus, options);
  const { api: reach, ...rest } = options;
  const { http, run } = dataService('datagov', bus, rest);
  const api = datagov({ ...reach, ...http });
  const endpoints = datagovEndpoints(api);
  return service(bus, { ...run, name: 'datagov', endpoints, upstream: () => upstreamOf(api.limit) });
}

function upstreamOf(limit: SeenLimit): UpstreamHealth {
  const reasons = limit.remaining === 0 ? [`the key has no requests left of ${limit.limit ?? 'its limit'}`] : [];
  return { reasons, details: { limit } };
}
