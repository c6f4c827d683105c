import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { toError } from '../../core/errors.ts';

/**
 * Imports a module by its URL; requires it where only `require` has been taught its kind, as by tsx in the threads of
 * older Nodes.
 */
export async function loadModule(url: string): Promise<Record<string, unknown>> {
  try {
    return await import(url);
  } catch (cause) {
    if (!url.startsWith('file:') || !UNKNOWN.has(codeOf(cause))) throw cause;
    return required(url, toError(cause));
  }
}

const UNKNOWN: ReadonlySet<unknown> = new Set(['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_MODULE_NOT_FOUND']);

function required(url: string, imported: Error): Record<string, unknown> {
  try {
    return createRequire(import.meta.url)(fileURLToPath(url));
  } catch (cause) {
    // Then `require` does not know the kind either, and what it says of it would mislead.
    const unknown = cause instanceof SyntaxError || codeOf(cause) === 'MODULE_NOT_FOUND';
    throw unknown ? imported : cause;
  }
}

function codeOf(cause: unknown): unknown {
  return (cause as { readonly code?: unknown } | undefined)?.code;
}
