import type { Notice } from '../core/notice.ts';
import { emitNotice } from '../telemetry/emitNotice.ts';

/** Tells a notice the first time only: what comes of a bound that is too low goes on coming. */
export function noticeOnce(notice: Notice): () => void {
  let told = false;
  return () => {
    if (told) return;
    told = true;
    emitNotice(notice);
  };
}
