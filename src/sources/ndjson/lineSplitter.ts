/** A line as it was found. */
export interface RawLine {
  /** Its bytes without the line end; only the first `KEPT_BYTES` if it was too long. */
  readonly bytes: Buffer;
  readonly tooLong: boolean;
}

/** How much of a line that is too long is kept, to show. */
const KEPT_BYTES = 256;
const NEWLINE = 0x0a;

/**
 * Splits chunks of bytes into lines. Works on bytes, in which a newline is never part of another character, so a
 * character cut in two by a chunk's end is whole again in its line. Keeps at most `maxLineBytes` between chunks.
 */
export class LineSplitter {
  private pieces: Buffer[] = [];
  private bytes = 0;
  private tooLong = false;

  constructor(private readonly maxLineBytes: number) {}

  /** The lines that end in this chunk. */
  push(chunk: Buffer): RawLine[] {
    const lines: RawLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.keep(chunk.subarray(start, end));
      lines.push(this.cut());
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
    return lines;
  }

  /** The line that no newline ended; undefined if there is none. */
  end(): RawLine | undefined {
    return this.bytes > 0 ? this.cut() : undefined;
  }

  private keep(piece: Buffer): void {
    this.bytes += piece.length;
    if (this.tooLong) return;
    this.pieces.push(piece);
    if (this.bytes <= this.maxLineBytes) return;
    this.tooLong = true;
    this.pieces = [Buffer.from(this.joined().subarray(0, KEPT_BYTES))];
  }

  private cut(): RawLine {
    const line = { bytes: this.joined(), tooLong: this.tooLong };
    this.pieces = [];
    this.bytes = 0;
    this.tooLong = false;
    return line;
  }

  private joined(): Buffer {
    const [first] = this.pieces;
    return first && this.pieces.length === 1 ? first : Buffer.concat(this.pieces);
  }
}
