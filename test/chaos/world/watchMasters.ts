import { sharedClock } from '../ledger/sharedClock.ts';
import { type FaultReport, SERVER } from './playFaults.ts';
import type { Topology } from './topologyPort.ts';

const EVERY_MS = 500;
/** How long a master is silent before another takes over; and until everyone has heard. */
const BEFORE_MS = 4_000;
const AFTER_MS = 1_000;

/**
 * Watches which servers are masters. On a busy machine one may be taken for dead that is not, and what it confirmed by
 * itself is then forgotten: that is a failover as any other, though nobody planned it.
 */
export class MasterWatch {
  private readonly changes: FaultReport[] = [];
  private known: string | undefined;
  private readonly timer = setInterval(() => void this.look(), EVERY_MS);

  constructor(private readonly topology: Topology) {}

  /** Ends it; the failovers that came beside those that were planned. */
  stop(planned: readonly FaultReport[]): readonly FaultReport[] {
    clearInterval(this.timer);
    const failovers = planned.filter(({ name }) => name === 'fail over');
    return this.changes.filter(
      (change) =>
        !failovers.some(({ from, until }) => from <= change.until && until + AFTER_MS >= change.until - AFTER_MS),
    );
  }

  private async look(): Promise<void> {
    const masters = await this.topology.masters().catch(() => undefined);
    if (masters === undefined) return;
    const now = masters
      .map(({ port }) => port)
      .sort()
      .join(' ');
    const at = sharedClock();
    if (this.known !== undefined && this.known !== now) {
      this.changes.push({
        name: 'fail over',
        hits: SERVER,
        from: at - BEFORE_MS,
        until: at + AFTER_MS,
        unplanned: true,
      });
    }
    this.known = now;
  }
}
