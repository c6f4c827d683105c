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

/** What to look at, by what it mostly is. */
const HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: ', the name of the host is not known: see the address, and whether there is a network',
  EAI_AGAIN: ', the name of the host could not be looked up: see whether there is a network',
  ECONNREFUSED: ', nothing listens there: see the address, or start what should',
};

/** What to look at, as the end of a sentence; nothing where that is not known. */
export function networkHint(code = ''): string {
  return HINTS[code] ?? '';
}
