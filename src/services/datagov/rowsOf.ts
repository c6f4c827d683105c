import { firstValueFrom, type Observable, Subject, takeUntil } from 'rxjs';
import type { Distribution, Row } from '../../adapters/datagov/index.ts';
import { EndpointError } from '../endpointError.ts';

/**
 * The rows of one of a dataset's files: the one that is named, or the first that is CSV or JSON. Only files that the catalog
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

/** Files that have rows, as publishers name them. */
const ROWS = /csv|tsv|tab-separated|json/i;

/** @throws {EndpointError} `NO_DISTRIBUTION` */
function chosen(all: readonly Distribution[], downloadUrl: string | undefined): Distribution {
  const files = all.filter((one) => one.downloadUrl !== undefined);
  const usual = files.find(({ mediaType, format }) => ROWS.test(mediaType ?? format ?? '')) ?? files[0];
  const found = downloadUrl === undefined ? usual : files.find((one) => one.downloadUrl === downloadUrl);
  if (found) return found;
  const known = files.map((one) => one.downloadUrl);
  const message =
    files.length === 0
      ? 'the dataset has no file that could be downloaded'
      : `the dataset has no file ${downloadUrl}: it has ${known.slice(0, 5).join(', ')}`;
  throw new EndpointError('NO_DISTRIBUTION', message, { details: { downloadUrls: known } });
}
