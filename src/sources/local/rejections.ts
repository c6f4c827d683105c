import { toError } from '../../core/errors.ts';
import { emitNotice } from '../../telemetry/emitNotice.ts';

/** Takes what was rejected: its data as the source read it, and why. */
export type OnReject<T> = (data: T, error: Error) => void;

/** A rejection on its way to whoever takes it. */
export interface Rejection<T> {
  readonly data: T;
  readonly error: Error;
  /** Which message, for the warning: topic and id, or file and line. */
  readonly what: string;
}

/** Hands rejections to the callback; without one each is a warning. Never throws: a settlement must not. */
export function rejections<T>(name: string, onReject: OnReject<T> | undefined): (rejection: Rejection<T>) => void {
  const tell = ({ what, error }: Rejection<T>, why: string) => {
    const message = `source '${name}' rejected ${what}: ${error.message} (${why})`;
    emitNotice({ level: 'warn', code: 'SLUICE_REJECTED', message, error });
  };
  return (rejection) => {
    if (!onReject) return tell(rejection, 'give the source `onReject` to keep such data');
    try {
      onReject(rejection.data, rejection.error);
    } catch (cause) {
      tell(rejection, `and onReject failed: ${toError(cause).message}`);
    }
  };
}
