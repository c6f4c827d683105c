import { existsSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const FULL_DEVICE = '/dev/full';

/** The file that a sink writes to, by a link: led to a device that is always full, every write to it fails with ENOSPC. */
export class Sink {
  readonly path: string;
  private readonly file: string;

  constructor(private readonly folder: string) {
    this.path = join(folder, 'jobs.link');
    this.file = join(folder, 'jobs.lines');
    this.lead(this.file);
  }

  fill(): void {
    this.lead(FULL_DEVICE);
  }

  empty(): void {
    this.lead(this.file);
  }

  /** The ids of what is in the file. Half a line is left by a process that died while it wrote. */
  written(): ReadonlySet<string> {
    const text = existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
    return new Set(text.split('\n').flatMap((line) => /^\{"id":"([^"]+)".*\}$/.exec(line)?.[1] ?? []));
  }

  private lead(target: string): void {
    const fresh = join(this.folder, 'jobs.next');
    symlinkSync(target, fresh);
    renameSync(fresh, this.path);
  }
}
