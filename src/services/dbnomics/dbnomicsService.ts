import { type DbnomicsOptions, dbnomics, type ProviderHealth } from '../../adapters/dbnomics/index.ts';
import { checkDataService, type DataServiceOptions, type DataServicePort, dataService } from '../dataService.ts';
import { type Service, service } from '../service.ts';
import type { UpstreamHealth } from '../serviceHealth.ts';
import { type DbnomicsEndpoints, dbnomicsEndpoints } from './endpoints.ts';

export interface DbnomicsServiceOptions extends DataServiceOptions {
  /** How to reach DBnomics. */
  readonly api?: DbnomicsOptions;
}

/**
 * DBnomics on the bus: an endpoint for each thing that `dbnomics()` can be asked. The endpoints are listed in the guide.
 *
 * Order, memory, settlement, errors: those of `service`. What a series, a dataset or a provider is, and in which units:
 * that of `dbnomics`.
 *
 * @example
 * await using running = dbnomicsService(bus, { rateLimit: { rate: 5 } });
 * await bus.request('dbnomics.dataset.get', { provider: 'ECB', dataset: 'EXR' }, { priority: 'high' });
 *
 * @throws {InvalidOptionError} if an option is out of its bounds
 */
export function dbnomicsService(
  bus: DataServicePort,
  options: DbnomicsServiceOptions = {},
): Service<DbnomicsEndpoints> {
  checkDataService(bus, options);
  const { api: reach, ...rest } = options;
  const { http, run } = dataService('dbnomics', bus, rest);
  const api = dbnomics({ ...reach, ...http });
  const endpoints = dbnomicsEndpoints(api);
  return service(bus, { ...run, name: 'dbnomics', endpoints, upstream: () => upstreamOf(api.health()) });
}

/** From which share of failures on a provider is worth a sentence. */
const FAILING = 0.5;

/** What who asks is to blame for. */
const THEIRS: ReadonlySet<string> = new Set(['DBNOMICS_NOT_FOUND', 'DBNOMICS_REQUEST']);

function upstreamOf(providers: readonly ProviderHealth[]): UpstreamHealth {
  const reasons = providers
    .filter(({ errorRate, lastError = '' }) => errorRate >= FAILING && !THEIRS.has(lastError))
    .map(
      ({ providerCode, errorRate, lastError }) =>
        `${Math.round(errorRate * 100)} % of the last calls about provider '${providerCode}' failed, the last with ${lastError}`,
    );
  return { reasons, details: { providers } };
}
