import { EMPTY, expand, last, map, type Observable, of } from 'rxjs';
import type { DbnomicsApi } from './dbnomicsApi.ts';
import { DbnomicsShapeError } from './dbnomicsErrors.ts';
import { countOf, fieldsOf, isFields, listOf, textOrNothing } from './reading.ts';

const AT_ONCE = 500;

/** What was seen of when datasets were indexed. */
interface Seen {
  /** Of wanted datasets, by id. */
  readonly indexed: ReadonlyMap<string, string>;
  /** The newest of all, in ms. */
  readonly newestMs: number;
}

/** Pages of one look, so far. */
interface Look extends Seen {
  /** The last dataset read, in ms. */
  readonly lastMs: number;
  /** None was newer than the one before it. */
  readonly newestFirst: boolean;
  /** Where the next page begins; undefined after the last. */
  readonly next: number | undefined;
}

const NOTHING: Seen = { indexed: new Map(), newestMs: 0 };
const AT_THE_START: Look = { ...NOTHING, lastMs: Infinity, newestFirst: true, next: 0 };

/**
 * Tells which datasets were indexed anew, by all pages of `/last-updates` that can matter. Nothing more is to be seen once
 * all wanted datasets were; nor, where the newest come first, beyond what was known the last time.
 */
export class LastUpdates {
  private known = NOTHING;
  /** Becomes known with `keep()`. */
  private pending = NOTHING;

  constructor(
    private readonly api: DbnomicsApi,
    private readonly wanted: ReadonlySet<string>,
  ) {}

  /** The wanted datasets that were indexed since what is known. Emits once. */
  changed(): Observable<ReadonlySet<string>> {
    if (this.wanted.size === 0) return of(new Set<string>());
    return this.page(AT_THE_START).pipe(
      expand((look) => (this.isEnough(look) ? EMPTY : this.page(look))),
      last(),
      map((look) => {
        this.pending = look;
        const anew = [...look.indexed].filter(([id, at]) => at !== this.known.indexed.get(id));
        return new Set(anew.map(([id]) => id));
      }),
    );
  }

  /** Something of a dataset was read, which was indexed then. */
  saw(dataset: string, indexedAt: string | undefined): void {
    if (indexedAt !== undefined) this.pending = this.with(this.pending, dataset, indexedAt);
  }

  /** What was told and seen has been dealt with: it is known. */
  keep(): void {
    const { indexed, newestMs } = this.pending;
    this.known = {
      indexed: new Map([...this.known.indexed, ...indexed]),
      newestMs: Math.max(this.known.newestMs, newestMs),
    };
    this.pending = NOTHING;
  }

  private isEnough({ indexed, newestFirst, lastMs, next }: Look): boolean {
    return next === undefined || indexed.size === this.wanted.size || (newestFirst && lastMs < this.known.newestMs);
  }

  private page(before: Look): Observable<Look> {
    const offset = before.next ?? 0;
    return this.api.get('/last-updates', { 'datasets.limit': AT_ONCE, 'datasets.offset': offset }).pipe(
      map((body) => {
        const listing = fieldsOf(body['datasets'], 'datasets');
        const docs = listOf(listing['docs'], 'datasets.docs');
        const found = countOf(listing['num_found'] ?? docs.length, 'datasets.num_found');
        const end = offset + docs.length;
        if (docs.length === 0 && offset < found) throw new DbnomicsShapeError(`/last-updates at ${offset} is empty`);
        const look: Look = { ...before, next: end < found ? end : undefined };
        return docs.reduce<Look>((so, doc) => this.read(so, doc), look);
      }),
    );
  }

  private read(look: Look, doc: unknown): Look {
    const at = isFields(doc) ? textOrNothing(doc['indexed_at']) : undefined;
    if (!isFields(doc) || at === undefined) return look;
    const lastMs = Date.parse(at);
    const newestFirst = look.newestFirst && lastMs <= look.lastMs;
    return { ...look, ...this.with(look, `${doc['provider_code']}/${doc['code']}`, at), lastMs, newestFirst };
  }

  private with({ indexed, newestMs }: Seen, dataset: string, at: string): Seen {
    return {
      indexed: this.wanted.has(dataset) ? new Map(indexed).set(dataset, at) : indexed,
      newestMs: Math.max(newestMs, Date.parse(at)),
    };
  }
}
