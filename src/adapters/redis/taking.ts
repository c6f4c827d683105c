import { setTimeout as pause } from 'node:timers/promises';
import { RELEASE } from '../../core/outcome.ts';
import { PRIORITIES } from '../../core/priority.ts';
import type { Entry, Taken, TakeRequest } from '../../core/store.ts';
import { type BlockedRead, blockedRead } from './blockedRead.ts';
import type { MemberState, MemberStates } from './memberStates.ts';
import { readHands, readRefs } from './packedEntries.ts';
import { PackedReply } from './packedReply.ts';
import { recover } from './recovery.ts';
import type { Server } from './server.ts';
import { settle } from './settling.ts';
import { isReplyError } from './toStoreError.ts';
import type { Waits } from './waits.ts';

const NOTHING: Taken = { entries: [], lost: [] };

/**
 * Takes entries for consumers: what can be had at once by a script, and while there is none by a read that waits.
 *
 * | state   | event                                    | next                                      |
 * |---------|------------------------------------------|-------------------------------------------|
 * | looking | an answer was lost before                | recovers what it held, then looking       |
 * | looking | entries, or lost ones to report          | done                                      |
 * | looking | none                                     | waiting for new ones, or until one is due |
 * | waiting | entries                                  | done                                      |
 * | waiting | time is up, woken, or the answer is lost | looking, unless `waitMs` have passed      |
 * | any     | cancelled                                | gives back what the answer brings         |
 */
export class Taking {
  constructor(
    private readonly server: Server,
    private readonly states: MemberStates,
    private readonly waits: Waits,
  ) {}

  async take(request: TakeRequest, signal: AbortSignal): Promise<Taken> {
    const state = this.states.of(request.member);
    const before = state.turn;
    let over = () => {};
    state.turn = new Promise((resolve) => {
      over = resolve;
    });
    try {
      await before;
      const taken = await this.look(request, state, signal);
      if (!signal.aborted) return taken;
      await this.giveBack(request, state, taken);
      return NOTHING;
    } finally {
      over();
    }
  }

  private async look(request: TakeRequest, state: MemberState, signal: AbortSignal): Promise<Taken> {
    const endMs = performance.now() + request.waitMs;
    while (!signal.aborted) {
      if (state.doubts.size > 0) {
        const found = await recover(this.server, request, state);
        if (isSomething(found)) return found;
      }
      const { taken, nextMs } = await this.takeNow(request, state);
      const leftMs = endMs - performance.now();
      if (isSomething(taken) || leftMs <= 0) return taken;
      const entries = await this.wait(request, state, Math.min(leftMs, nextMs), signal);
      if (entries.length > 0) return { entries, lost: [] };
    }
    return NOTHING;
  }

  private async takeNow(request: TakeRequest, state: MemberState): Promise<{ taken: Taken; nextMs: number }> {
    const { member, credit } = request;
    const { stream, group, consumer } = member;
    const keys = this.server.keys(stream);
    const { due, members, fallen } = keys.group(group);
    const all = [...keys.lanes, ...due, members, fallen, keys.groups];
    const args = [group, consumer, state.leaseMs, ...PRIORITIES.map((priority) => credit[priority])];
    try {
      const reply = new PackedReply(await this.server.script<Buffer>(stream, 'take', all, args));
      reply.array();
      const nextMs = reply.number();
      const lost = [...state.lost, ...readRefs(reply)];
      state.lost = [];
      return { taken: { entries: readHands(reply), lost }, nextMs: nextMs < 0 ? Number.POSITIVE_INFINITY : nextMs };
    } catch (cause) {
      if (!isReplyError(cause)) state.doubts.add(this.server.connections.of(stream));
      throw cause;
    }
  }

  private async wait(request: TakeRequest, state: MemberState, ms: number, signal: AbortSignal): Promise<Entry[]> {
    const { member, credit } = request;
    const { stream, group, consumer } = member;
    const lanes = PRIORITIES.flatMap((priority, i) => (credit[priority] > 0 ? [i] : []));
    const waitMs = Math.min(ms, this.server.settings.blockMs);
    const blockMs = Math.max(1, Math.ceil(waitMs));
    if (lanes.length === 0) {
      await pause(blockMs, undefined, { signal }).catch(() => undefined);
      return [];
    }
    // COUNT holds for each lane, so it is what the tier with the least credit can take.
    const count = Math.min(...lanes.map((i) => credit[PRIORITIES[i] as 'low']));
    const keys = this.server.keys(stream).lanes;
    const read: BlockedRead = {
      stream,
      group,
      waitMs,
      blockMs,
      command: ['XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'BLOCK', blockMs, 'STREAMS'],
      keys: lanes.map((i) => keys[i] as string),
      positions: lanes.map(() => '>'),
      lost: (connection) => state.doubts.add(connection),
    };
    return blockedRead(this.server, this.waits, read, signal);
  }

  private async giveBack({ member }: TakeRequest, state: MemberState, { entries, lost }: Taken): Promise<void> {
    state.lost.push(...lost);
    try {
      await settle(
        this.server,
        this.waits,
        member,
        entries.map(({ priority, id, attempt }) => ({ priority, id, attempt, outcome: RELEASE })),
      );
    } catch (cause) {
      // They are still the consumer's: the next take finds them, or the end of its lease.
      if (!isReplyError(cause)) state.doubts.add(this.server.connections.of(member.stream));
    }
  }
}

function isSomething({ entries, lost }: Taken): boolean {
  return entries.length > 0 || lost.length > 0;
}
