import { InvalidOptionError } from '../../../core/errors.ts';
import { type HttpOptions, shownAddress } from '../../http/index.ts';
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
    const shown = url ? shownAddress(url) : address;
    throw new InvalidOptionError('from', shown, 'an http or https address, or a distribution with a downloadUrl');
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidOptionError('from', shownAddress(url), 'an address without user and password');
  }
  const format = options.format ?? (distribution && formatOfDistribution(distribution, url));
  return { url, format, options, http };
}
