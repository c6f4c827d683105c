/** How a provider fares, as seen from here. */
export interface ProviderHealth {
  readonly providerCode: string;
  /** Calls about it since the start; attempts of one call are not counted apart. */
  readonly calls: number;
  readonly failures: number;
  /** The share of the last 100 calls that failed, 0 to 1. */
  readonly errorRate: number;
  /** The code of the last failure. */
  readonly lastError: string | undefined;
  /** The newest that DBnomics has of it, of what was read here: ISO 8601. */
  readonly indexedAt: string | undefined;
  /** How old that is, in ms. */
  readonly ageMs: number | undefined;
}

const WINDOW = 100;

/** Keeps count of calls and freshness by provider. */
export class HealthBook {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly now: () => number) {}

  succeeded(providers: Iterable<string>): void {
    for (const code of providers) this.entry(code).count(undefined);
  }

  failed(providers: Iterable<string>, code: string): void {
    for (const provider of providers) this.entry(provider).count(code);
  }

  /** Something of a provider was read that was indexed then. */
  saw(provider: string, indexedAt: string | undefined): void {
    if (indexedAt === undefined) return;
    const entry = this.entry(provider);
    if (entry.indexedAt === undefined || Date.parse(indexedAt) > Date.parse(entry.indexedAt))
      entry.indexedAt = indexedAt;
  }

  all(): readonly ProviderHealth[] {
    return [...this.entries].map(([providerCode, entry]) => ({
      providerCode,
      calls: entry.calls,
      failures: entry.failures,
      errorRate: entry.recent.length === 0 ? 0 : entry.recent.filter(Boolean).length / entry.recent.length,
      lastError: entry.lastError,
      indexedAt: entry.indexedAt,
      ageMs: entry.indexedAt === undefined ? undefined : Math.max(0, this.now() - Date.parse(entry.indexedAt)),
    }));
  }

  private entry(code: string): Entry {
    const known = this.entries.get(code) ?? new Entry();
    this.entries.set(code, known);
    return known;
  }
}

class Entry {
  calls = 0;
  failures = 0;
  lastError: string | undefined;
  indexedAt: string | undefined;
  readonly recent: boolean[] = [];

  count(error: string | undefined): void {
    this.calls += 1;
    this.recent.push(error !== undefined);
    if (this.recent.length > WINDOW) this.recent.shift();
    if (error === undefined) return;
    this.failures += 1;
    this.lastError = error;
  }
}
