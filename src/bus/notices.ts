import { type Observable, Subject } from 'rxjs';
import type { Notice, Notify } from '../core/notice.ts';
import { emitNotice } from '../telemetry/emitNotice.ts';

/** Where a bus tells what no caller is there to be told. */
export class Notices {
  /** How many there were, by code. */
  readonly counts = new Map<string, number>();
  private readonly subject = new Subject<Notice>();

  get observable(): Observable<Notice> {
    return this.subject.asObservable();
  }

  /** To those who subscribed; without any, warnings and errors become warnings of the process. */
  readonly notify: Notify = (notice) => {
    this.counts.set(notice.code, (this.counts.get(notice.code) ?? 0) + 1);
    if (this.subject.observed) this.subject.next(notice);
    else emitNotice(notice);
  };

  close(): void {
    this.subject.complete();
  }
}
