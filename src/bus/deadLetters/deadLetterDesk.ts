import { asyncScheduler, firstValueFrom } from 'rxjs';
import type { Codecs } from '../../core/codecs.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import type { LetterChange, StreamStore } from '../../core/store.ts';
import { checkRateLimit } from '../../operators/checkRateLimit.ts';
import type { RateLimit } from '../../operators/rateLimit.ts';
import { type DeadLetterFilter, letterTest } from './deadLetterFilter.ts';
import type {
  DeadLettersOptions,
  PurgeOptions,
  ReplayOptions,
  ReplayResult,
  WhichDeadLetters,
} from './deadLettersOptions.ts';
import type { KeptDeadLetter, OpenDeadLetter } from './keptDeadLetter.ts';
import { LetterChanger } from './letterChanger.ts';
import { openDeadLetter } from './openDeadLetter.ts';

export interface DeadLetterDeskOptions {
  readonly store: StreamStore;
  readonly codecs: Codecs;
  readonly maxPayloadBytes: number;
  /** The partitions of a stream, by its name or a partition's. */
  partitionsOf(stream: string): readonly string[];
  /** The partitions that may hold a topic. */
  streamsOf(topic: string): readonly string[];
}

/** The most dead letters that are in hand at once. */
const PAGE = 100;
const NOBODY = new AbortController().signal;

type Page = readonly KeptDeadLetter[];

/** What is done with dead letters. Memory: a page of 100, however many there are. */
export class DeadLetterDesk {
  constructor(private readonly options: DeadLetterDeskOptions) {}

  async list({ stream = 'main', after, count = 100, ...filter }: DeadLettersOptions): Promise<Page> {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new InvalidOptionError('count', count, 'a whole number from 0');
    const test = letterTest(filter);
    const names = this.options.partitionsOf(stream);
    if (after !== undefined && names.length > 1) throw new InvalidOptionError('after', after, paged(names));
    const found = await Promise.all(names.map((name) => this.find(name, after, count, test)));
    return found
      .flat()
      .toSorted((a, b) => a.time - b.time)
      .slice(0, count);
  }

  async open(id: string, stream: string): Promise<OpenDeadLetter | undefined> {
    const test = letterTest({ ids: [id] });
    for (const name of this.options.partitionsOf(stream)) {
      const [letter] = await this.find(name, before(id.slice(id.lastIndexOf(':') + 1)), 1, test, 1);
      if (letter) return openDeadLetter(letter, this.options.codecs);
    }
    return undefined;
  }

  async replay(which: WhichDeadLetters, options: ReplayOptions): Promise<ReplayResult> {
    const { limit, onProgress, signal = NOBODY } = options;
    const pace = limit === undefined ? undefined : checkRateLimit(limit, asyncScheduler);
    const changer = new LetterChanger(options, this.options);
    let replayed = 0;
    let skipped = 0;
    await this.eachPage(which, options.stream, signal, async (stream, page) => {
      for (let rest = page; rest.length > 0; ) {
        const count = await paced(pace, rest.length, signal);
        if (count === 0) return;
        const kept = await this.send(stream, rest.slice(0, count), changer);
        replayed += kept;
        skipped += count - kept;
        rest = rest.slice(count);
        onProgress?.({ replayed, skipped });
      }
    });
    return { replayed, skipped };
  }

  async purge(which: WhichDeadLetters, { stream, onProgress, signal = NOBODY }: PurgeOptions): Promise<number> {
    let purged = 0;
    await this.eachPage(which, stream, signal, async (name, page) => {
      purged += await firstValueFrom(this.options.store.purge(name, page.map(idOf)));
      onProgress?.({ purged });
    });
    return purged;
  }

  /** Looks at all that is meant, page by page. */
  each(
    which: WhichDeadLetters,
    { stream, signal = NOBODY }: Pick<PurgeOptions, 'stream' | 'signal'>,
    look: (letters: Page) => void,
  ): Promise<void> {
    return this.eachPage(which, stream, signal, async (_, page) => look(page));
  }

  private send(stream: string, letters: Page, changer: LetterChanger): Promise<number> {
    const changes = new Map<string, LetterChange>();
    for (const letter of letters) {
      const change = changer.changeOf(letter);
      if (change) changes.set(letter.id, change);
    }
    return firstValueFrom(this.options.store.replay(stream, letters.map(idOf), changes));
  }

  /** Every page of what is meant, of what was there at the beginning: what is rejected anew comes behind that. */
  private async eachPage(
    which: WhichDeadLetters,
    stream = 'main',
    signal: AbortSignal,
    run: (stream: string, page: Page) => Promise<void>,
  ): Promise<void> {
    const test = letterTest(filterOf(which));
    for (const name of this.options.partitionsOf(stream)) {
      let left = (await firstValueFrom(this.options.store.stats(name))).deadLetters;
      let after: string | undefined;
      while (left > 0 && !signal.aborted) {
        const page = await this.page(name, after, Math.min(PAGE, left));
        if (page.length === 0) break;
        left -= page.length;
        after = page.at(-1)?.id;
        const meant = page.filter(test);
        if (meant.length > 0) await run(name, meant);
      }
    }
  }

  /** @param most how many to look at */
  private async find(
    stream: string,
    from: string | undefined,
    count: number,
    test: (letter: KeptDeadLetter) => boolean,
    most = Infinity,
  ): Promise<Page> {
    const found: KeptDeadLetter[] = [];
    let after = from;
    for (let seen = 0; found.length < count && seen < most; ) {
      const page = await this.page(stream, after, Math.min(PAGE, most));
      if (page.length === 0) break;
      seen += page.length;
      after = page.at(-1)?.id;
      found.push(...page.filter(test));
    }
    return found.slice(0, count);
  }

  private async page(stream: string, after: string | undefined, count: number): Promise<Page> {
    const letters = await firstValueFrom(
      this.options.store.deadLetters(stream, after === undefined ? { count } : { after, count }),
    );
    return letters.map((letter) => ({ ...letter, stream }));
  }
}

function idOf({ id }: KeptDeadLetter): string {
  return id;
}

/** What comes right before an id. */
function before(id: string): string | undefined {
  const [ms = '', sequence = ''] = id.split('-');
  if (!/^[1-9]\d*$/.test(ms) || !/^\d+$/.test(sequence)) return undefined;
  return BigInt(sequence) > 0n ? `${ms}-${BigInt(sequence) - 1n}` : `${BigInt(ms) - 1n}-18446744073709551615`;
}

/** How many may go now, at most so many; 0 once nobody wants it any more. */
async function paced(limit: RateLimit | undefined, most: number, signal: AbortSignal): Promise<number> {
  if (!limit) return signal.aborted ? 0 : most;
  for (let count = 0; !signal.aborted; ) {
    while (count < most && limit.take()) count += 1;
    if (count > 0) return count;
    await firstValueFrom(limit.ready(most));
  }
  return 0;
}

function filterOf(which: WhichDeadLetters): DeadLetterFilter {
  if (which === 'all') return {};
  if (typeof which === 'object' && which !== null && saysSomething(which)) return which;
  throw new InvalidOptionError('which', which, "'all', or a filter that says something, such as { group: 'risk' }");
}

/** What is undefined says nothing: it may be a variable that nobody has set. */
function saysSomething(filter: DeadLetterFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

function paged(names: readonly string[]): string {
  return `an id of one partition: its stream has ${names.length}, so page through each, as in { stream: '${names[0]}', after }`;
}
