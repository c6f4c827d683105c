import { type CachePolicy, LONGEST_KEPT_MS } from '../../cache/cachePolicy.ts';
import type { AnyEndpoint, EndpointContext } from '../endpoint.ts';
import type { Answers } from './answers.ts';
import { type AnswerCache, CachedAnswers } from './cachedAnswers.ts';
import { cacheKey } from './cacheKey.ts';
import { itemsOf } from './itemsOf.ts';

/** The answers of an endpoint, from a cache if they may be. */
export function answersOf(
  endpoint: AnyEndpoint,
  params: unknown,
  context: EndpointContext,
  { kept, cacheTtlMs }: { readonly kept: AnswerCache | undefined; readonly cacheTtlMs: number | undefined },
): Answers {
  const { cache: own } = endpoint;
  const key = kept && own && cacheKey(context.message.topic, params);
  if (!kept || !own || key === undefined) {
    return { items: itemsOf(endpoint, params, context), mark: () => undefined };
  }
  const policy = cacheTtlMs === undefined ? own : policyOf(own, cacheTtlMs);
  return new CachedAnswers({ endpoint, params, context, key, policy }, kept);
}

/** A request may want an answer to be younger, or take an older one; what is fetched for it is kept as long as any other. */
export function policyOf(policy: CachePolicy, cacheTtlMs: number): CachePolicy {
  const { staleMs = 0, staleIfErrorMs = 0 } = policy;
  const keptMs = Math.min(LONGEST_KEPT_MS, policy.ttlMs + Math.max(staleMs, staleIfErrorMs));
  const ttlMs = Math.min(Math.max(1, cacheTtlMs), keptMs);
  const leftMs = keptMs - ttlMs;
  return { ...policy, ttlMs, staleMs: ttlMs < policy.ttlMs ? 0 : Math.min(staleMs, leftMs), staleIfErrorMs: leftMs };
}
