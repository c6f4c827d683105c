import { InvalidOptionError } from '../../../core/errors.ts';
import type { HttpOptions } from '../../http/index.ts';
import type { Distribution } from '../distribution.ts';
import type { DownloadFormat, DownloadOptions } from './downloadOptions.ts';
import { formatOfDistribution } from './format.ts';

/** A file to download, and what is known of it. */
export interface DownloadOrder {
  readonly url: URL;
  /** Undefined when only the answer can tell. */
  readonly format: DownloadFormat | undefined;
  readonly options: DownloadOptions;
  readonly http: HttpOptions;
}

/**
 * @throws {InvalidOptionError} if it is no address, nor has one
 * @throws {DownloadFormatError} if it says that it has no rows to read
 */
export function orderOf(from: Distribution | string | URL, options: DownloadOptions, http: HttpOptions): DownloadOrder {
  const distribution = typeof from === 'string' || from instanceof URL ? undefined : from;
  const address = distribution ? distribution.downloadUrl : String(from);
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new InvalidOptionError('from', address, 'an http or https address, or a distribution with a downloadUrl');
  }
  const format = options.format ?? (distribution && formatOfDistribution(distribution, url));
  return { url, format, options, http };
}
