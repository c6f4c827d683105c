import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the results of one run, gone at the end of its block. */
export class RunFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'macro-desk-'));

  /** Every file's text, by name. */
  files(): Readonly<Record<string, string>> {
    const names = readdirSync(this.path).sort();
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(this.path, name), 'utf8')]));
  }

  /** The lines of one file, read. */
  findings(name: string): readonly Record<string, unknown>[] {
    const lines = readFileSync(join(this.path, `${name}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n');
    return lines.map((line) => JSON.parse(line));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
