import type { Notice } from '../../core/notice.ts';
import type { NoticeCount } from './report.ts';

/** Counts what buses have to tell: the first of each kind is kept. */
export class NoticeBook {
  private readonly byCode = new Map<string, { readonly code: string; readonly message: string; count: number }>();

  readonly note = ({ level, code, message }: Notice): void => {
    if (level === 'info') return;
    const known = this.byCode.get(code);
    if (known) known.count += 1;
    else this.byCode.set(code, { code, message, count: 1 });
  };

  get counts(): readonly NoticeCount[] {
    return [...this.byCode.values()];
  }
}
