import type { Priority } from '../core/priority.ts';
import type { Entry } from '../core/store.ts';
import { PoisonError } from './poisonError.ts';

/** What a reader is to its solitude. */
export interface SolitudePort {
  /** Readers of one place go one after another: what a crash takes down with it is what one process has in hand. */
  readonly place: object;
  /** Hand-outs in all before a message is given up. */
  readonly attempts: number;
  /** Whether nothing is in hand, and the store knows what was settled. */
  idle(): boolean;
  /** Ends the take under way; what it had brought goes back with what was refused. */
  cancel(): void;
  giveBack(entry: Entry): void;
  /** Something has changed: time to go on. */
  moved(): void;
}

/**
 * Finds out which message kills its consumers, so that it takes no others with it: a message that was in the hands of two
 * that died is a suspect, and a suspect is taken alone.
 *
 * | phase    | event                                  | next                                                    |
 * |----------|----------------------------------------|---------------------------------------------------------|
 * | ordinary | a suspect comes in                     | clearing: it goes back, and all that came in behind it  |
 * | clearing | all in hand settled                    | queueing, for its turn among the readers of the process |
 * | queueing | its turn                               | asking: for one message of that tier, without waiting   |
 * | asking   | a suspect came                         | alone                                                   |
 * | asking   | something else came, or nothing        | ordinary                                                |
 * | alone    | it was settled                         | asking                                                  |
 *
 * What goes back does not count as an attempt. So an innocent message is hit by two crashes in company, and by none while
 * another suspect of the process is out.
 */
export class Solitude {
  private phase: 'ordinary' | 'clearing' | 'queueing' | 'asking' | 'alone' = 'ordinary';
  private wanted: Priority = 'normal';

  constructor(private readonly port: SolitudePort) {}

  get ordinary(): boolean {
    return this.phase === 'ordinary';
  }

  /** Whose turn it is to be asked for, one message of it; undefined as long as nothing may be. */
  next(): Priority | undefined {
    if (this.phase === 'queueing' || !this.port.idle()) return undefined;
    if (this.phase === 'clearing') {
      this.phase = 'queueing';
      queueOf(this.port.place).enter(this);
      // Its turn may be now.
      return (this.phase as string) === 'asking' ? this.wanted : undefined;
    }
    this.phase = 'asking';
    return this.wanted;
  }

  /** Told by the queue. */
  turn(): void {
    this.phase = 'asking';
    this.port.moved();
  }

  /** What may be handed on of what came in. */
  screen(entries: readonly Entry[]): readonly Entry[] {
    if (entries.length === 0) return entries;
    const first = entries.findIndex(isSuspect);
    if (this.phase === 'asking') {
      if (first === 0 && !isWhole(entries[0] as Entry)) {
        this.phase = 'alone';
        return entries;
      }
      // A record batch is owed message by message from here on, and comes so.
      if (first === 0) return this.refuse(entries);
      this.end();
      return entries;
    }
    if (first < 0) return entries;
    this.wanted = (entries[first] as Entry).priority;
    this.phase = 'clearing';
    this.port.cancel();
    this.refuse(entries.slice(first));
    return entries.slice(0, first);
  }

  /** A take brought nothing. */
  nothing(): void {
    if (this.phase !== 'asking') return;
    this.end();
    this.port.moved();
  }

  /** Why a message is not to be handed on any more; undefined if it is. */
  verdict(deaths: readonly string[] | undefined, attempt: number): PoisonError | undefined {
    // The two in company may have been another's fault.
    if (!deaths || deaths.length <= SUSPECT || attempt <= this.port.attempts) return undefined;
    return new PoisonError(attempt - 1, deaths);
  }

  /** Ends it: the reader's place in the group is lost, or it reads no more. */
  end(): void {
    this.phase = 'ordinary';
    queueOf(this.port.place).leave(this);
  }

  private refuse(entries: readonly Entry[]): readonly Entry[] {
    for (const entry of entries) this.port.giveBack(entry);
    return NONE;
  }
}

/** Those who wait to be the only one; the first is. */
class Queue {
  private readonly waiting = new Set<Solitude>();

  enter(solitude: Solitude): void {
    this.waiting.add(solitude);
    if (this.first === solitude) solitude.turn();
  }

  leave(solitude: Solitude): void {
    const wasFirst = this.first === solitude;
    if (this.waiting.delete(solitude) && wasFirst) this.first?.turn();
  }

  private get first(): Solitude | undefined {
    for (const first of this.waiting) return first;
    return undefined;
  }
}

const queues = new WeakMap<object, Queue>();

function queueOf(place: object): Queue {
  const queue = queues.get(place) ?? new Queue();
  queues.set(place, queue);
  return queue;
}

/** After so many deaths a message is a suspect: one may be chance, and is what every crash does to all that it had. */
const SUSPECT = 2;
const NONE: readonly Entry[] = [];

function isSuspect({ deaths }: Entry): boolean {
  return deaths !== undefined && deaths.length >= SUSPECT;
}

/** Whether it brings several messages that are owed together. */
function isWhole({ count = 1, parts }: Entry): boolean {
  return count > 1 && parts === undefined;
}
