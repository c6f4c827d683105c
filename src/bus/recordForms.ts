import type { Compression } from '../core/batchCompression.ts';

/** An entry of the store for each message, or many messages to an entry when many come at once. */
export const RECORDS = ['single', 'batched'] as const;

/** How record batches are compressed. */
export const COMPRESSIONS = ['none', 'zstd', 'deflate'] as const satisfies readonly Compression[];

/** In which form a stream's messages are written. What is read may be in either, and in both by turns. */
export interface RecordForm {
  /**
   * `'single'`: an entry of the store for each message. `'batched'`: as many messages to an entry as are waiting when it
   * is written; settlement stays message by message. @default 'single'
   */
  readonly records?: (typeof RECORDS)[number];
  /** How `'batched'` entries are compressed, where it pays. @default 'none' */
  readonly compression?: Compression;
  /** The most messages of one `'batched'` entry, 1 to 10,000. @default 250 */
  readonly messagesPerEntry?: number;
}

export const DEFAULT_FORM: Required<RecordForm> = { records: 'single', compression: 'none', messagesPerEntry: 250 };

interface FormConfig extends RecordForm {
  readonly streams: Readonly<Record<string, RecordForm>>;
}

/** The form of each stream, by the name of its partition. A stream without a form of its own has the default one. */
export function recordForms(config: FormConfig): (stream: string) => Required<RecordForm> {
  const { streams, records, compression, messagesPerEntry } = config;
  const forms = new Map(Object.entries({ ...streams, main: defined({ records, compression, messagesPerEntry }) }));
  return (stream) => ({ ...DEFAULT_FORM, ...defined(forms.get(stream.slice(0, stream.lastIndexOf('.'))) ?? {}) });
}

function defined({ records, compression, messagesPerEntry }: { [K in keyof RecordForm]: RecordForm[K] | undefined }) {
  return {
    ...(records !== undefined && { records }),
    ...(compression !== undefined && { compression }),
    ...(messagesPerEntry !== undefined && { messagesPerEntry }),
  };
}
