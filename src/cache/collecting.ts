import { listOf, textOf } from './entryText.ts';

/** Gathers the values of a source as the JSON of their list, up to so many bytes. */
export class Collecting {
  private bytes = 2;
  private readonly texts: string[] = [];
  /** The values themselves, for when they can't be kept after all. */
  readonly values: unknown[] = [];

  constructor(private readonly maxBytes: number) {}

  get list(): string {
    return listOf(this.texts);
  }

  /** Takes a value in; why the list can't be kept, if it can't. */
  add(value: unknown): string | undefined {
    this.values.push(value);
    let text: string;
    try {
      text = textOf(value);
    } catch (cause) {
      return (cause as Error).message;
    }
    this.bytes += Buffer.byteLength(text) + 1;
    if (this.bytes > this.maxBytes) return `it has more than ${this.maxBytes} bytes as JSON (raise \`maxEntryBytes\`)`;
    this.texts.push(text);
    return undefined;
  }
}
