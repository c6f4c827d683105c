import { firstValueFrom, take, toArray } from 'rxjs';
import type { SluiceError } from 'sluice';
import { type CatalogDataset, type Datagov, DownloadFormatError, HttpError, type Row } from 'sluice/adapters/datagov';

/** A dataset, and in a few words what its file holds. */
export interface Sampled {
  readonly dataset: CatalogDataset;
  readonly found: string;
}

/** Looks at the first rows of a dataset's first CSV file: no more of it is read. */
export function sample(api: Datagov): (dataset: CatalogDataset) => Promise<Sampled> {
  return async (dataset) => {
    const csv = dataset.distributions.find(({ mediaType, format }) => /csv/i.test(`${mediaType} ${format}`));
    if (csv?.downloadUrl === undefined) return { dataset, found: 'no CSV' };
    try {
      const rows = api.download(csv, { onBadRow: () => undefined });
      return { dataset, found: shape(await firstValueFrom(rows.pipe(take(3), toArray()))) };
    } catch (cause) {
      // A file that is not there, or is none, is the publisher's; anything else is ours.
      if (!(cause instanceof HttpError || cause instanceof DownloadFormatError)) throw cause;
      return { dataset, found: `unreadable: ${reason(cause)}` };
    }
  };
}

function shape(rows: readonly Row[]): string {
  const [first] = rows;
  if (!first) return 'CSV without rows';
  const names = Object.keys(first);
  return `CSV of ${names.length} columns: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
}

function reason(error: SluiceError): string {
  return error instanceof DownloadFormatError ? error.message.replace(/^.* answered /, '') : error.code;
}
