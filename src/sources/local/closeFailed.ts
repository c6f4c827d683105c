import { toError } from '../../core/errors.ts';
import { emitNotice } from '../../telemetry/emitNotice.ts';

/** Reports what an input threw when it was closed early: by then nobody listens to it. */
export function closeFailed(cause: unknown): void {
  const error = toError(cause);
  const message = `an input failed while it was closed: ${error.message}`;
  emitNotice({ level: 'warn', code: 'SLUICE_INPUT_CLOSE', message, error });
}
