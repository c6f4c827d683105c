import { type Endpoint, nameOf } from './endpoint.ts';
import { SLOTS } from './slotOf.ts';
import type { Reply } from './valueReply.ts';

type Range = readonly [
  from: number,
  to: number,
  master: readonly [host: Buffer | null, port: number, ...rest: Reply[]],
];

/** Which node has a slot. */
export class SlotMap {
  private readonly owners = new Array<Endpoint | undefined>(SLOTS);

  /**
   * @param reply what CLUSTER SLOTS answers
   * @param asked the host that was asked: it may leave its own out
   */
  static of(reply: Reply, asked: string): SlotMap {
    const map = new SlotMap();
    for (const [from, to, [host, port]] of reply as unknown as readonly Range[]) {
      map.owners.fill({ host: host?.length ? String(host) : asked, port }, from, to + 1);
    }
    return map;
  }

  ownerOf(slot: number): Endpoint | undefined {
    return this.owners[slot];
  }

  move(slot: number, to: Endpoint): void {
    this.owners[slot] = to;
  }

  /** The nodes that have slots, by name. */
  get masters(): ReadonlyMap<string, Endpoint> {
    const masters = new Map<string, Endpoint>();
    for (const owner of new Set(this.owners)) if (owner) masters.set(nameOf(owner), owner);
    return masters;
  }
}
