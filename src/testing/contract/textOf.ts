import type { Payload } from '../../core/codec.ts';

/** A payload as text; a store may keep text as bytes. */
export function textOf({ payload }: { readonly payload: Payload }): string {
  return typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8');
}
