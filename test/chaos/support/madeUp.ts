import type { Evidence } from '../checker/evidence.ts';
import type { SignedRecord } from '../ledger/records.ts';
import { STALLED } from '../ledger/stallNote.ts';
import type { FaultName } from '../schedule/faultKinds.ts';
import { type FaultReport, SERVER } from '../world/playFaults.ts';

export const LEASE_MS = 1_000;

/** Ledgers that nobody wrote, line by line, with the times given. */
export class MadeUp {
  private readonly records: SignedRecord[] = [];
  private readonly faults: FaultReport[] = [];
  private readonly lives: { process: string; endedAt: number; crash?: string }[] = [];

  /** A message of a key, confirmed. */
  published(id: string, number = 0, key = 'k'): this {
    const process = 'producer-1.1';
    this.records.push({ process, event: 'sent', at: number, id, topic: 'orders.new', key, number });
    this.records.push({ process, event: 'confirmed', at: number + 0.5, id });
    return this;
  }

  /** A handler begins, and ends if it says how. */
  handled(
    process: string,
    id: string,
    from: number,
    until?: number,
    event: 'done' | 'failed' = 'done',
    attempt = 1,
  ): this {
    const group = 'keepers';
    this.records.push({ process, event: 'begin', at: from, group, id, entry: id, attempt, number: 0 });
    if (until !== undefined) this.records.push({ process, event, at: until, group, id, attempt });
    return this;
  }

  ended(process: string, endedAt: number, crash?: string): this {
    this.lives.push({ process, endedAt, ...(crash !== undefined && { crash }) });
    return this;
  }

  /** It had no turn for so long. */
  stalled(process: string, until: number, ms: number): this {
    this.records.push({ process, event: 'note', at: until, code: STALLED, message: `${ms}` });
    return this;
  }

  fault(name: FaultName, from: number, until: number, hits: string = SERVER): this {
    this.faults.push({ name, hits, from, until });
    return this;
  }

  /** @param more what it was found with beside ledgers */
  evidence(more: Partial<Evidence> = {}): Evidence {
    return {
      records: this.records.toSorted((a, b) => a.at - b.at),
      lives: this.lives,
      faults: this.faults,
      groups: [{ group: 'keepers', topic: 'orders.new', ordered: true }],
      stored: [],
      atomicTopic: 'placed.order',
      letters: [],
      owed: [],
      written: { group: 'file', ids: new Set() },
      leaseMs: LEASE_MS,
      ...more,
    };
  }
}
