import { createHash } from 'node:crypto';
import { InvalidOptionError } from '../../core/errors.ts';
import { isFields, type WatchState } from '../paging/index.ts';
import type { CatalogDataset } from './catalogDataset.ts';
import { Harvests } from './harvests.ts';

/** A look under way: from which page on to go on, and what of that page was given out. */
export interface Look {
  /** The newest harvest that it saw. */
  topMs: number;
  /** Harvests before it are not looked at. */
  readonly floorMs: number;
  /** The cursor of the page. Null for the first. */
  after: string | null;
  given: [name: string, atMs: number][];
}

interface Position {
  /** What was harvested until then was given out, but for what came into the index late. */
  doneMs: number;
  /** What was harvested until then is not remembered. */
  forgottenMs: number;
  look: Look | null;
}

export interface MemoryOptions {
  readonly sinceMs: number;
  readonly overlapMs: number;
  readonly remember: number;
}

/**
 * What a watch has given out, kept in two texts: the position, small and written with each dataset; and the names of the
 * harvests that were given out lately, written with each page. A name is of a dataset and the time of its harvest.
 */
export class CatalogMemory {
  private position: Position;
  private readonly harvests = new Harvests();

  constructor(
    private readonly state: WatchState,
    /** Where it is kept. */
    private readonly key: string,
    private readonly options: MemoryOptions,
  ) {
    this.position = { doneMs: options.sinceMs, forgottenMs: options.sinceMs - 1, look: null };
  }

  /**
   * Reads what an earlier watch has kept; else keeps from when on this one watches.
   *
   * @throws {InvalidOptionError} if something else is there: half of it, or another's
   */
  async open(): Promise<void> {
    const [position, harvests] = [await this.kept(this.key), await this.kept(`${this.key}:harvests`)];
    if (harvests) this.harvests.read(harvests as [string, number][]);
    if (position) this.position = position as Position;
    else await this.keep();
  }

  private async kept(key: string): Promise<unknown> {
    const text = await this.state.get(key);
    if (text === undefined || text === null) return undefined;
    const value = parsed(text);
    if (key === this.key ? isPosition(value) : Array.isArray(value)) return value;
    throw new InvalidOptionError(`state of ${key}`, text, 'what a watch has kept there: remove it to begin anew');
  }

  /** The look that is under way, or a new one. */
  look(): Look {
    const { doneMs, forgottenMs } = this.position;
    const floorMs = Math.max(doneMs - this.options.overlapMs, forgottenMs + 1);
    this.position.look ??= { topMs: doneMs, floorMs, after: null, given: [] };
    return this.position.look;
  }

  knows(dataset: CatalogDataset): boolean {
    const name = nameOf(dataset);
    return this.harvests.has(name) || this.look().given.some(([given]) => given === name);
  }

  async give(dataset: CatalogDataset): Promise<void> {
    this.look().given.push([nameOf(dataset), harvestMs(dataset) ?? 0]);
    await this.keep();
  }

  /** The page has been given out; the next is behind this cursor. */
  async turn(after: string): Promise<void> {
    const look = this.look();
    look.after = after;
    if (look.given.length > 0) await this.file(look);
  }

  /** The look is over. */
  async finish(): Promise<void> {
    const look = this.look();
    const { doneMs } = this.position;
    this.position.look = null;
    this.position.doneMs = Math.max(doneMs, look.topMs);
    if (look.given.length > 0) await this.file(look);
    else if (this.position.doneMs > doneMs || look.after !== null) await this.keep();
  }

  /** Begins the look anew: what is remembered does not come again. */
  async restart(): Promise<void> {
    const look = this.look();
    look.after = null;
    await this.file(look);
  }

  /** Names first: what is in both texts after a crash is known all the same. */
  private async file(look: Look): Promise<void> {
    for (const [name, atMs] of look.given) this.harvests.add(name, atMs);
    const forgotten = this.harvests.trim(this.position.doneMs - this.options.overlapMs, this.options.remember);
    this.position.forgottenMs = Math.max(this.position.forgottenMs, forgotten);
    await this.state.set(`${this.key}:harvests`, this.harvests.written());
    look.given = [];
    await this.keep();
  }

  private async keep(): Promise<void> {
    await this.state.set(this.key, JSON.stringify(this.position));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPosition(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { doneMs, forgottenMs, look } = value;
  return Number.isFinite(doneMs) && Number.isFinite(forgottenMs) && (look === null || isFields(look));
}

/** When it was harvested, in ms since the epoch. */
export function harvestMs({ lastHarvestedAt }: CatalogDataset): number | undefined {
  const atMs = Date.parse(lastHarvestedAt ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** 64 bits: among as many as are remembered, two are never the same. */
function nameOf({ slug, lastHarvestedAt }: CatalogDataset): string {
  return createHash('sha256').update(`${slug}\n${lastHarvestedAt}`).digest('base64url').slice(0, 11);
}
