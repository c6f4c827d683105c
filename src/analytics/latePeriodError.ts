import { PermanentError } from '../core/errors.ts';

/** An observation of a period that its series has left behind: what came after it can't be computed anew. */
export class LatePeriodError extends PermanentError {
  constructor(series: string, period: string, history: number) {
    super(
      `period '${period}' of series '${series}' came too late: the last ${history} periods are kept to be revised; raise \`history\`, or publish each series oldest first`,
      {},
      'LATE_PERIOD',
    );
  }
}
