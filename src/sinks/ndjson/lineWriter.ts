/** Where lines go. One call at a time. */
export interface LineWriter {
  /** For messages and the graph. */
  readonly name: string;
  /** Resolves once the lines, which end in a line feed, are with the operating system. */
  write(lines: string): Promise<void>;
  /** Resolves once nothing is kept open. */
  close(): Promise<void>;
}
