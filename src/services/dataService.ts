import type { RequestLimit } from '../adapters/http/index.ts';
import type { Bus } from '../bus/bus.ts';
import type { CacheOptions } from '../cache/cacheOptions.ts';
import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { RateLimitOptions } from '../operators/rateLimit.ts';
import { checkBus } from './checkBus.ts';
import type { ServicePort, ServiceRunOptions } from './service.ts';
import { RUN_OPTION_NAMES } from './serviceOptionNames.ts';

/** What a service that stands on an API over HTTP takes. */
export interface DataServiceOptions extends Omit<ServiceRunOptions, 'cache'> {
  /** How fast all instances together may ask the API: requests over HTTP, a page each. @default no limit */
  readonly rateLimit?: RateLimitOptions;
  /** The bounds of the cache, which all instances share; false for none. @default those of `bus.cache` */
  readonly cache?: false | Omit<CacheOptions, 'name'>;
}

/** What `dbnomicsService` and `datagovService` take, whatever API is behind them. */
const OPTION_NAMES: OptionNames<DataServiceOptions & { readonly api?: unknown }> = {
  ...RUN_OPTION_NAMES,
  rateLimit: true,
  api: true,
};

/** @throws {InvalidOptionError} if it is no bus, or there is no such option */
export function checkDataService(bus: unknown, options: unknown): void {
  checkBus(bus);
  checkOptions('options', options, OPTION_NAMES);
  const { rateLimit } = options as DataServiceOptions;
  if (rateLimit !== undefined && typeof rateLimit !== 'object') {
    throw new InvalidOptionError('rateLimit', rateLimit, '{ rate }, in requests a second, and `burst` if you like');
  }
}

/** What such a service needs of a bus. */
export type DataServicePort = ServicePort & Pick<Bus, 'rateLimit' | 'cache'>;

/** What the options come to: those of the API's client, and those of the service. */
export function dataService(
  name: string,
  bus: DataServicePort,
  { rateLimit, cache, ...options }: DataServiceOptions,
): { readonly http: { readonly limit?: RequestLimit }; readonly run: ServiceRunOptions } {
  const shared = `service-${name}`;
  return {
    http: rateLimit ? { limit: bus.rateLimit(shared, rateLimit) } : {},
    run: cache === false ? options : { ...options, cache: bus.cache({ ...cache, name: shared }) },
  };
}
