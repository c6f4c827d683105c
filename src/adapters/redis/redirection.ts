import type { Endpoint } from './endpoint.ts';
import { isReplyError } from './toStoreError.ts';

/**
 * What a node of a Cluster answers that can't serve a key now. Nothing was done.
 *
 * | kind  | answer      | means                                                             |
 * |-------|-------------|-------------------------------------------------------------------|
 * | moved | MOVED       | the slot is another's from now on                                 |
 * | ask   | ASK         | this once: the slot is on its way there, and the keys have arrived |
 * | later | TRYAGAIN    | some of the keys are on their way                                 |
 * | later | CLUSTERDOWN | the Cluster lacks a slot, or a majority of its masters            |
 * | later | READONLY    | it has become a replica                                           |
 */
export type Redirection = { readonly kind: 'moved' | 'ask'; readonly to: Endpoint } | { readonly kind: 'later' };

/** @param asked the host that answered: it may leave its own out */
export function redirectionOf(cause: unknown, asked: string): Redirection | undefined {
  if (!isReplyError(cause)) return undefined;
  const { message } = cause as Error;
  const [, code, host = '', port] = /^-?(MOVED|ASK) \d+ (.*):(\d+)$/.exec(message) ?? [];
  if (code) return { kind: code === 'ASK' ? 'ask' : 'moved', to: { host: host || asked, port: Number(port) } };
  return /^-?(TRYAGAIN|CLUSTERDOWN|READONLY)\b/.test(message) ? { kind: 'later' } : undefined;
}
