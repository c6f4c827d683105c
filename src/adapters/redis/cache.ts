import { createHash, randomUUID } from 'node:crypto';
import type { CacheAnswer, CacheAsk, CacheLanding, CachePlace, CacheStore } from '../../core/cacheStore.ts';
import type { Calls } from './calls.ts';
import { cacheKeys, generationKey } from './keys.ts';
import type { Server } from './server.ts';

/** Into how many parts a cache is split, each in a slot of its own, so that the masters of a Cluster share it. */
const PARTS = 16;
/** How long a generation is kept, in ms: a day longer than the longest that an entry may be. */
const GENERATION_MS = 31 * 86_400_000;

type AskReply = readonly [
  flight: number,
  version: Buffer | null,
  error: number,
  ageMs: number,
  leftMs: number,
  payload: Buffer | null,
];

/** What is kept for caches, in Redis. */
export function redisCache(server: Server, calls: Calls): CacheStore {
  const { namespace } = server.settings;
  const run = async (
    place: CachePlace,
    name: 'cacheRenew' | 'cacheLand' | 'cacheDrop',
    ...args: (string | number)[]
  ) => {
    const { part, keys } = keysOf(namespace, place);
    return (await server.script<number>(part, name, keys, args)) === 1;
  };
  return {
    ask: (place, request) => calls.call({}, () => ask(server, place, request)),
    renew: (place, token, leaseMs) => calls.call({}, () => run(place, 'cacheRenew', token, leaseMs)),
    land: (place, token, landed) => calls.call({}, () => land(server, place, token, landed)),
    drop: (place, token) => calls.call({}, async () => void (await run(place, 'cacheDrop', token))),
    remove: (place) => calls.call({}, () => remove(server, place)),
    clear: (cache) => calls.call({}, () => clear(server, cache)),
  };
}

async function ask(server: Server, place: CachePlace, request: CacheAsk): Promise<CacheAnswer> {
  const { token, leaseMs, freshMs, freshErrorMs, known = '' } = request;
  const { part, keys } = keysOf(server.settings.namespace, place);
  const args = [token, leaseMs, freshMs, freshErrorMs, known];
  const [held, version, error, ageMs, leftMs, payload] = await server.script<AskReply>(part, 'cacheAsk', keys, args);
  const flight = held === 0 ? 'none' : held < 0 ? 'yours' : { heldMs: held };
  if (version === null) return { flight };
  const entry = { version: version.toString(), error: error === 1, ageMs, leftMs };
  return { flight, kept: payload ? { ...entry, payload } : entry };
}

async function land(server: Server, place: CachePlace, token: string, landed: CacheLanding): Promise<boolean> {
  const { error, payload, keepMs } = landed;
  const { part, keys } = keysOf(server.settings.namespace, place);
  const args = [token, error ? '1' : '0', keepMs, payload, GENERATION_MS];
  return (await server.script<number>(part, 'cacheLand', keys, args)) === 1;
}

async function remove(server: Server, place: CachePlace): Promise<void> {
  const { part, keys } = keysOf(server.settings.namespace, place);
  const [kept, flight] = keys;
  await server.call(part, 'UNLINK', kept, flight);
}

async function clear(server: Server, cache: string): Promise<void> {
  const id = randomUUID();
  const parts = Array.from({ length: PARTS }, (_, part) => `${cache}.${part}`);
  const cleared = parts.map((part) =>
    server.script<number>(part, 'cacheClear', [generationKey(server.settings.namespace, part)], [id, GENERATION_MS]),
  );
  await Promise.all(cleared);
}

/** A key may be long, and hold what nobody should read: it is kept as its SHA-256. */
function keysOf(namespace: string, { cache, key }: CachePlace) {
  // In UTF-8, all that is no well-formed text would be the same.
  const hash = createHash('sha256').update(key, 'utf16le').digest();
  const part = `${cache}.${(hash[0] as number) % PARTS}`;
  return { part, keys: cacheKeys(namespace, part, hash.toString('base64url')) };
}
