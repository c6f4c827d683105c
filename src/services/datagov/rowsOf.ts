import { firstValueFrom, type Observable, Subject, takeUntil } from 'rxjs';
import type { Distribution, Row } from '../../adapters/datagov/index.ts';
import { EndpointError } from '../endpointError.ts';

/**
 * The rows of one of a dataset's files, the first that can be downloaded unless one is named. Only files that the catalog
 * lists: an address of the asker's own choice could be one inside the network that the service runs in.
 */
export function rowsOf(
  distributions: Observable<readonly Distribution[]>,
  downloadUrl: string | undefined,
  open: (from: Distribution) => AsyncIterable<Row>,
): AsyncIterable<Row> {
  return {
    [Symbol.asyncIterator]() {
      const leaving = new Subject<void>();
      let rows: Promise<AsyncIterator<Row>> | undefined;
      const begin = async () => {
        const all = await firstValueFrom(distributions.pipe(takeUntil(leaving)), { defaultValue: [] });
        return open(chosen(all, downloadUrl))[Symbol.asyncIterator]();
      };
      const leave = async (): Promise<IteratorResult<Row>> => {
        leaving.next();
        leaving.complete();
        await (await rows)?.return?.();
        return { done: true, value: undefined };
      };
      return {
        async next() {
          rows ??= begin();
          const iterator = await rows;
          return iterator.next();
        },
        return: leave,
      };
    },
  };
}

/** @throws {EndpointError} `NO_DISTRIBUTION` */
function chosen(all: readonly Distribution[], downloadUrl: string | undefined): Distribution {
  const files = all.filter((one) => one.downloadUrl !== undefined);
  const found = downloadUrl === undefined ? files[0] : files.find((one) => one.downloadUrl === downloadUrl);
  if (found) return found;
  const known = files.map((one) => one.downloadUrl);
  const message =
    files.length === 0
      ? 'the dataset has no file that could be downloaded'
      : `the dataset has no file ${downloadUrl}: it has ${known.slice(0, 5).join(', ')}`;
  throw new EndpointError('NO_DISTRIBUTION', message, { details: { downloadUrls: known } });
}
