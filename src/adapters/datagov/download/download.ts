import { HttpClient, type HttpHead, shownAddress } from '../../http/index.ts';
import { csvRows } from './csvRows.ts';
import { decoded } from './decoded.ts';
import { DownloadFormatError } from './downloadErrors.ts';
import type { DownloadFormat, Row } from './downloadOptions.ts';
import type { DownloadOrder } from './downloadOrder.ts';
import { foreignBody, formatIn, formatOfFile } from './format.ts';
import { gunzipped, isGzip } from './gunzipped.ts';
import { jsonRows } from './jsonRows.ts';
import { ndjsonRows } from './ndjsonRows.ts';
import { peeked } from './peeked.ts';
import type { ReadRow } from './readRow.ts';

/** Begins nothing before the first `next()`; `return()` aborts, even while a `next()` waits. */
export class Download implements AsyncIterableIterator<Row> {
  private readonly bytes: AsyncIterableIterator<Uint8Array>;
  private readonly rows: AsyncGenerator<Row>;
  private head: HttpHead | undefined;
  private left = false;
  private read = 0;

  constructor(private readonly order: DownloadOrder) {
    const { url, http, options } = order;
    const { maxBytes: maxBodyBytes = 10_737_418_240 } = options;
    const client = new HttpClient({ ...http, maxBodyBytes, baseUrl: url.origin });
    const request = { path: url, headers: { accept: '*/*' } };
    this.bytes = client.bytes(request, (head) => {
      this.head = head;
    });
    this.rows = this.picked();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Row, undefined>> {
    try {
      const next = await this.rows.next();
      if (!this.left) return next;
    } catch (cause) {
      if (!this.left) throw cause;
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Row, undefined>> {
    this.left = true;
    await this.bytes.return?.();
    await this.rows.return(undefined);
    return { done: true, value: undefined };
  }

  /** What can be read, and is not to be skipped. */
  private async *picked(): AsyncGenerator<Row, undefined> {
    const { skip = 0, onBadRow = warn, onProgress } = this.order.options;
    let rows = 0;
    try {
      for await (const { row, bad } of this.readRows()) {
        rows += 1;
        if (rows > skip) {
          if (bad) onBadRow(bad);
          else yield row;
        }
        if (rows % 1_000 === 0) onProgress?.({ rows, bytes: this.read });
      }
      onProgress?.({ rows, bytes: this.read });
    } finally {
      await this.bytes.return?.();
    }
    return undefined;
  }

  private async *readRows(): AsyncGenerator<ReadRow & { readonly row?: Row }> {
    const { url, options } = this.order;
    const { maxBytes = 10_737_418_240, maxRowBytes = 16_777_216, encoding, at, delimiter, columns } = options;
    let { head, all } = await peeked(this.counted(), 512);
    const address = this.head?.url ?? shownAddress(url);
    if (isGzip(head)) ({ head, all } = await peeked(gunzipped(all, address, maxBytes), 512));
    const contentType = this.head?.headers.get('content-type') ?? null;
    const format = this.formatOf(contentType, head, address);
    const texts = decoded(all, head, { encoding, contentType, url: address });
    const reading = { url: address, maxRowBytes };
    if (format === 'csv' || format === 'tsv') {
      yield* csvRows(texts, { ...reading, columns, delimiter: delimiter ?? (format === 'tsv' ? '\t' : ',') });
    } else if (format === 'ndjson') yield* ndjsonRows(texts, reading);
    else yield* jsonRows(texts, { ...reading, at: at ?? (format === 'geojson' ? 'features' : undefined) });
  }

  private async *counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.bytes) {
      this.read += chunk.byteLength;
      yield chunk;
    }
  }

  private formatOf(contentType: string | null, head: Uint8Array, address: string): DownloadFormat {
    const said = this.order.format ?? formatIn(contentType ?? undefined) ?? formatOfFile(this.order.url);
    const foreign = foreignBody(head);
    if (foreign !== undefined) {
      throw new DownloadFormatError(`${address} answered ${foreign}, in place of ${said ?? 'rows'}`, address);
    }
    if (said) return said;
    const message = `${address} does not tell its format (${contentType ?? 'no content type'}): say \`format\``;
    throw new DownloadFormatError(message, address);
  }
}

function warn(error: Error): void {
  process.emitWarning(error.message, { type: 'SluiceWarning', code: 'SLUICE_DATAGOV_ROW' });
}
