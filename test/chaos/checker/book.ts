import type { Begun, Ended, Sent, SignedRecord } from '../ledger/records.ts';
import { STALLED } from '../ledger/stallNote.ts';
import { faultKind } from '../schedule/faultKinds.ts';
import { type FaultReport, SERVER } from '../world/playFaults.ts';
import type { Evidence, GroupRule } from './evidence.ts';

/** A message in the hands of a handler. */
export interface Handling {
  readonly process: string;
  readonly begun: Begun;
  ended?: Ended;
  /** When it was over: when it ended, or its process did. */
  over: number;
}

/** How long after its end a fault may still hold settlements up, until they are tried again; and be noticed. */
const AFTERMATH_MS = 2_500;
/** How long a settlement may take to reach the store while all is well. */
const SETTLE_MS = 1_000;

/** What befell a process, or all of them by their server, between two times. */
interface Disturbance {
  readonly hits: string;
  readonly from: number;
  readonly until: number;
  /** Whether what was in flight may be handled twice for it. */
  readonly excuses: boolean;
}

/** The evidence, in order. */
export class Book {
  readonly confirmed = new Map<string, Sent>();
  private readonly disturbances: readonly Disturbance[];
  private readonly handlings = new Map<string, Map<string, Handling[]>>();
  private readonly letters = new Map<string, Set<string>>();

  constructor(readonly evidence: Evidence) {
    const endedAt = new Map(evidence.lives.map(({ process, endedAt }) => [process, endedAt]));
    this.disturbances = [...evidence.faults.map(asDisturbance), ...evidence.records.flatMap(stallsIn)];
    const sent = new Map<string, Sent>();
    const open = new Map<string, Handling>();
    for (const record of evidence.records) {
      if (record.event === 'sent') sent.set(record.id, record);
      else if (record.event === 'confirmed') this.confirmed.set(record.id, sent.get(record.id) as Sent);
      else if (record.event === 'begin') {
        const handling = { process: record.process, begun: record, over: endedAt.get(record.process) ?? Infinity };
        open.set(place(record), handling);
        this.handlingsOf(record.group, record.id).push(handling);
      } else if (isEnd(record)) end(open.get(place(record)), record);
    }
    for (const { group, id } of evidence.letters) {
      this.letters.set(group, (this.letters.get(group) ?? new Set()).add(id));
    }
  }

  /** The ids that were confirmed and are a group's to handle. */
  dueTo({ topic }: GroupRule): readonly string[] {
    return [...this.confirmed].filter(([, sent]) => sent.topic === topic).map(([id]) => id);
  }

  /** In order of when they began. */
  handlingsOf(group: string, id: string): Handling[] {
    const byId = this.handlings.get(group) ?? new Map<string, Handling[]>();
    this.handlings.set(group, byId);
    const handlings = byId.get(id) ?? [];
    byId.set(id, handlings);
    return handlings;
  }

  /** Every message that a group has had, whoever knows of its publishing. */
  handledBy(group: string): ReadonlyMap<string, readonly Handling[]> {
    return this.handlings.get(group) ?? new Map();
  }

  isLetter(group: string, id: string): boolean {
    return this.letters.get(group)?.has(id) === true;
  }

  /** Whether a message was in flight at a fault that is an excuse for handling it again. */
  excused({ process, begun, over }: Handling): boolean {
    const settled = over + SETTLE_MS;
    const delays = this.disturbancesOf(process, begun.at, settled, AFTERMATH_MS);
    const until = Math.max(settled, ...delays.map((delay) => delay.until + AFTERMATH_MS));
    return this.disturbancesOf(process, begun.at, until, AFTERMATH_MS).some(({ excuses }) => excuses);
  }

  /** What befell a process between two times, its servers included. */
  disturbancesOf(process: string, from: number, until: number, aftermathMs = 0): readonly Disturbance[] {
    return this.disturbances.filter(
      (each) =>
        (each.hits === SERVER || each.hits === process) && each.from <= until && each.until + aftermathMs >= from,
    );
  }
}

function asDisturbance({ name, hits, from, until }: FaultReport): Disturbance {
  return { hits, from, until, excuses: faultKind(name).excuses };
}

/** A process that had no turn is as one that was frozen: that the machine was busy is no fault of what is tested. */
function stallsIn(record: SignedRecord): readonly Disturbance[] {
  if (record.event !== 'note' || record.code !== STALLED) return [];
  const { process, at, message } = record;
  return [{ hits: process, from: at - Number(message), until: at, excuses: true }];
}

type Handled = (Begun | Ended) & { readonly process: string };

function place({ process, group, id, attempt }: Handled): string {
  return [process, group, id, attempt].join(' ');
}

function isEnd(record: SignedRecord): record is SignedRecord & Ended {
  return record.event === 'done' || record.event === 'failed' || record.event === 'dropped';
}

function end(handling: Handling | undefined, record: SignedRecord & Ended): void {
  if (!handling) return;
  handling.ended = record;
  handling.over = record.at;
}
