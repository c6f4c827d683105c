import { toError } from '../../core/errors.ts';

/** The system's code, or that of `fetch`, which hides what happened in causes. */
export function networkCode(thrown: unknown): string | undefined {
  for (let error: unknown = toError(thrown), depth = 0; error instanceof Error && depth < 5; depth++) {
    const code: unknown = Reflect.get(error, 'code');
    if (typeof code === 'string') return code;
    error = error.cause;
  }
  return undefined;
}
