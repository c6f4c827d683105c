import { LRUCache } from 'lru-cache';
import type { CacheAnswer, CacheAsk, CacheEntry, CacheLanding, CachePlace } from '../../core/cacheStore.ts';

/** What an entry takes beside its key and payload, in bytes: about. */
const OVERHEAD_BYTES = 300;

interface Kept extends CacheLanding {
  readonly version: string;
  readonly landedMs: number;
  readonly bytes: number;
}

interface Flight {
  readonly token: string;
  untilMs: number;
}

/** What is kept for the caches on a memory store: beyond its bytes, what was used least recently goes. */
export class MemoryCache {
  private readonly kept: LRUCache<string, Kept>;
  /** Oldest sign of life first. */
  private readonly flights = new Map<string, Flight>();

  constructor(maxBytes: number) {
    this.kept = new LRUCache({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes });
  }

  ask(place: CachePlace, request: CacheAsk, nowMs: number): CacheAnswer {
    this.forgetFlights(nowMs);
    const name = nameOf(place);
    const kept = this.find(name, nowMs);
    const entry = kept && entryOf(kept, request.known, nowMs);
    const fresh = entry && entry.ageMs < (entry.error ? request.freshErrorMs : request.freshMs);
    const flight = fresh ? 'none' : this.fly(name, request, nowMs);
    return entry ? { kept: entry, flight } : { flight };
  }

  renew(place: CachePlace, token: string, untilMs: number, nowMs: number): boolean {
    const name = nameOf(place);
    const flight = this.held(name, token, nowMs);
    if (!flight) return false;
    this.hold(name, { token, untilMs });
    return true;
  }

  land(place: CachePlace, token: string, landed: CacheLanding, nowMs: number): boolean {
    const name = nameOf(place);
    if (!this.held(name, token, nowMs)) return false;
    this.flights.delete(name);
    const { payload } = landed;
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    const bytes = size + name.length + OVERHEAD_BYTES;
    // One that is larger than all there may be is not kept, nor is what was there before.
    this.kept.set(name, { ...landed, version: token, landedMs: nowMs, bytes });
    return true;
  }

  drop(place: CachePlace, token: string): void {
    const name = nameOf(place);
    if (this.flights.get(name)?.token === token) this.flights.delete(name);
  }

  remove(place: CachePlace): void {
    const name = nameOf(place);
    this.kept.delete(name);
    this.flights.delete(name);
  }

  clear(cache: string): void {
    for (const map of [this.kept, this.flights]) {
      for (const name of [...map.keys()]) if (name.startsWith(`${cache} `)) map.delete(name);
    }
  }

  private find(name: string, nowMs: number): Kept | undefined {
    const kept = this.kept.get(name);
    if (kept === undefined || nowMs < kept.landedMs + kept.keepMs) return kept;
    this.kept.delete(name);
    return undefined;
  }

  private fly(name: string, { token, leaseMs }: CacheAsk, nowMs: number): CacheAnswer['flight'] {
    const other = this.flights.get(name);
    if (other && other.token !== token && other.untilMs > nowMs) return { heldMs: other.untilMs - nowMs };
    this.hold(name, { token, untilMs: nowMs + leaseMs });
    return 'yours';
  }

  private held(name: string, token: string, nowMs: number): Flight | undefined {
    const flight = this.flights.get(name);
    return flight?.token === token && flight.untilMs > nowMs ? flight : undefined;
  }

  private hold(name: string, flight: Flight): void {
    this.flights.delete(name);
    this.flights.set(name, flight);
  }

  /** Those that are over, as far as they are the oldest. */
  private forgetFlights(nowMs: number): void {
    for (const [name, { untilMs }] of this.flights) {
      if (untilMs > nowMs) return;
      this.flights.delete(name);
    }
  }
}

/** A cache's name has no white space. */
function nameOf({ cache, key }: CachePlace): string {
  return `${cache} ${key}`;
}

function entryOf({ version, error, payload, landedMs, keepMs }: Kept, known: string | undefined, nowMs: number) {
  const entry: CacheEntry = { version, error, ageMs: nowMs - landedMs, leftMs: landedMs + keepMs - nowMs };
  return version === known ? entry : { ...entry, payload };
}
