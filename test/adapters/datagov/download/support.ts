import { lastValueFrom, type Observable, toArray } from 'rxjs';
import {
  type BadRowError,
  type Distribution,
  type DownloadOptions,
  datagov,
  type Row,
} from '../../../../src/adapters/datagov/index.ts';
import { DatagovServer } from '../../../support/datagovServer.ts';
import type { ServedFile } from '../../../support/fileAnswer.ts';

export const all = <T>(source: Observable<T>) => lastValueFrom(source.pipe(toArray()));

/** A server with one file after the other. */
export class Downloads {
  readonly bad: BadRowError[] = [];
  private constructor(readonly server: DatagovServer) {}

  static async start(): Promise<Downloads> {
    return new Downloads(await DatagovServer.start());
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** The rows of a file. */
  source(name: string, file: ServedFile, options: DownloadOptions = {}, http: object = {}) {
    this.server.files.set(name, file);
    const api = datagov({ ...this.server.direct, backoff: { initialMs: 1 }, ...http });
    return api.download(this.server.file(name), { onBadRow: (error) => this.bad.push(error), ...options });
  }

  rows(
    name: string,
    body: string | Buffer,
    options: DownloadOptions = {},
    more: Partial<ServedFile> = {},
  ): Promise<Row[]> {
    return all(this.source(name, { body, ...more }, options));
  }

  async failure(name: string, file: ServedFile, options: DownloadOptions = {}, http: object = {}): Promise<Error> {
    try {
      await all(this.source(name, file, options, http));
    } catch (error) {
      return error as Error;
    }
    throw new Error('it succeeded');
  }

  distribution(fields: Partial<Distribution>): Distribution {
    const nothing = { title: undefined, description: undefined, format: undefined, mediaType: undefined };
    return {
      ...nothing,
      downloadUrl: this.server.file('file'),
      accessUrl: undefined,
      describedBy: undefined,
      ...fields,
    };
  }
}
