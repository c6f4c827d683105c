import { RELEASE } from '../../core/outcome.ts';
import { type PerPriority, PRIORITIES, type Priority, perPriority } from '../../core/priority.ts';
import type { Entry, Member, Settlement, Taken, TakeRequest } from '../../core/store.ts';
import type { Emit } from './calls.ts';
import type { Loan } from './connections.ts';
import { idle, POLL_MS } from './idle.ts';
import { readLanes } from './laneRead.ts';
import type { MemberState, MemberStates } from './memberStates.ts';
import { readHands, readRefs, withDeaths } from './packedEntries.ts';
import { PackedReply } from './packedReply.ts';
import { recover } from './recover.ts';
import type { Server } from './server.ts';
import { settleAsAnyone } from './settle.ts';
import { isReplyError } from './toStoreError.ts';
import type { Wait, Waits } from './waits.ts';

const NOTHING: Taken = { entries: [], lost: [] };
/** What take.lua says instead of a wait when it has not put in order yet all that the only consumer is owed. */
const NOT_IN_ORDER_YET = -2;

/**
 * Takes entries for consumers: what can be had at once by a script, and while there is none by a read that waits.
 *
 * | state   | event                                    | next                                      |
 * |---------|------------------------------------------|-------------------------------------------|
 * | looking | an answer was lost before                | recovers what it held, then looking       |
 * | looking | the server is not the same any more      | the same                                  |
 * | looking | entries, or lost ones to report          | done                                      |
 * | looking | none                                     | waiting for new ones, or until one is due |
 * | looking | some owed, for the only consumer         | done: new ones are behind them            |
 * | waiting | entries                                  | done                                      |
 * | waiting | time is up, woken, or the answer is lost | looking, unless `waitMs` have passed      |
 * | any     | cancelled                                | gives back what the answer brings         |
 *
 * A consumer's takes run one after another, so that what a cancelled one gives back comes before what follows it.
 */
export class Taking {
  constructor(
    private readonly server: Server,
    private readonly states: MemberStates,
    private readonly waits: Waits,
  ) {}

  take(request: TakeRequest, emit: Emit<Taken>, signal: AbortSignal): Promise<void> {
    const state = this.states.of(request.member);
    const mine = state.turn.then(() => this.inTurn(request, state, emit, signal));
    const turn = mine.catch(() => undefined);
    state.turn = turn;
    signal.addEventListener('abort', () => {
      state.givingBack = turn;
    });
    return mine;
  }

  private async inTurn(
    request: TakeRequest,
    state: MemberState,
    emit: Emit<Taken>,
    signal: AbortSignal,
  ): Promise<void> {
    const taken = await this.look(request, state, signal);
    // In the books before it is out: the subscriber may settle at once.
    state.ledger.add(taken.entries);
    if (!emit(taken)) await this.giveBack(request.member, state, taken);
  }

  private async look(request: TakeRequest, state: MemberState, signal: AbortSignal): Promise<Taken> {
    const { stream, group } = request.member;
    const { members } = this.server.keys(stream).group(group);
    const endMs = performance.now() + request.waitMs;
    while (!signal.aborted) {
      const taken = await this.waits.during(members, signal, (wait) => this.lookOnce(request, state, wait, endMs));
      if (isSomething(taken) || performance.now() >= endMs) return taken;
    }
    return NOTHING;
  }

  private async lookOnce(request: TakeRequest, state: MemberState, wait: Wait, endMs: number): Promise<Taken> {
    this.compareLives(request.member, state);
    if (state.doubts.size > 0) {
      const found = await recover(this.server, request, state);
      if (isSomething(found) && !state.exclusive) {
        return { ...found, entries: await this.withinCredit(request.member, state, found.entries, request.credit) };
      }
      await this.giveBack(request.member, state, found);
    }
    const loan = this.server.topology.lend(this.server.keys(request.member.stream).lanes[0]);
    if (!loan) return this.lookByScript(request, state, wait, endMs);
    try {
      const { taken, nextMs, largest } = await this.takeNow(request, state, 'owed');
      if (state.exclusive && isSomething(taken)) return taken;
      const waitMs = isSomething(taken) ? 0 : Math.min(endMs - performance.now(), nextMs);
      const found = this.takeNew(request, state, taken, { loan, wait, waitMs, largest });
      // What is in hand already must not be lost with what comes after it; the next take meets the error again.
      return withNew(taken, isSomething(taken) ? await found.catch(() => []) : await found);
    } finally {
      loan.giveBack();
    }
  }

  /**
   * A server that took over, or was started again, may not know of settlements that the last had confirmed: by its books
   * they are still in hand, and would be for as long as the consumer lives.
   */
  private compareLives({ stream }: Member, state: MemberState): void {
    const [lane] = this.server.keys(stream).lanes;
    const commands = this.server.topology.commandsOf(stream, lane);
    const { serverLife: life } = commands;
    if (life === undefined) return;
    if (state.life !== undefined && state.life !== life) state.doubts.add(commands);
    state.life = life;
  }

  /** With every connection lent: it looks, and if there is nothing, soon again. */
  private async lookByScript(request: TakeRequest, state: MemberState, wait: Wait, endMs: number): Promise<Taken> {
    const { taken, nextMs } = await this.takeNow(request, state, 'all');
    const waitMs = Math.min(endMs - performance.now(), nextMs, POLL_MS);
    if (!isSomething(taken) && waitMs > 0) await idle(wait, waitMs);
    return taken;
  }

  /** By script: what is owed already, retries and what dead consumers left; and new entries too, if all is asked for. */
  private async takeNow({ member, credit }: TakeRequest, state: MemberState, what: 'owed' | 'all'): Promise<TakenNow> {
    const { stream, group, consumer } = member;
    const keys = this.server.keys(stream);
    const { due, members, fallen, parts, deaths } = keys.group(group);
    const all = [...keys.lanes, ...due, members, fallen, keys.groups, keys.largest, ...parts, deaths, ...keys.delayed];
    const kind = state.exclusive ? 'alone' : 'shared';
    const args = [group, consumer, state.leaseMs, what, ...PRIORITIES.map((priority) => credit[priority]), kind];
    try {
      let [reply, nextMs] = [undefined as never as PackedReply, NOT_IN_ORDER_YET];
      // Between two calls the server has its turn for others.
      while (nextMs === NOT_IN_ORDER_YET) {
        reply = new PackedReply(await this.server.script<Buffer>(stream, 'take', all, args));
        reply.array();
        nextMs = reply.number();
      }
      reply.array();
      const largest = perPriority(() => reply.number());
      const lost = [...state.lost, ...readRefs(reply)];
      state.lost = [];
      const taken = { entries: withDeaths(readHands(reply), reply), lost };
      return { taken, nextMs: nextMs < 0 ? Number.POSITIVE_INFINITY : nextMs, largest };
    } catch (cause) {
      if (!isReplyError(cause)) state.doubts.add(this.server.topology.commandsOf(stream, keys.lanes[0]));
      throw cause;
    }
  }

  /** New entries, for the credit that is left, by the server's own command: a script would copy each of them twice. */
  private async takeNew(
    request: TakeRequest,
    state: MemberState,
    { entries }: Taken,
    { loan, wait, waitMs, largest }: NewEntries,
  ): Promise<readonly Entry[]> {
    const { stream, group, consumer } = request.member;
    const keys = this.server.keys(stream).lanes;
    const left = leftOf(request.credit, entries);
    // As many as fit for sure, or one: the credit may be passed by less than one record batch.
    const count = (tier: Priority) => Math.max(1, Math.floor(left[tier] / largest[tier]));
    const lanes = PRIORITIES.flatMap((tier, i) =>
      left[tier] > 0 ? [{ key: keys[i] as string, position: '>', count: count(tier) }] : [],
    );
    const atMostMs = Math.min(waitMs, this.server.settings.blockMs);
    if (lanes.length === 0) {
      if (atMostMs > 0) await idle(wait, atMostMs);
      return [];
    }
    const found = await readLanes(this.server, loan, wait, {
      command: ['XREADGROUP', 'GROUP', group, consumer],
      lanes,
      waitMs: atMostMs,
      lost: (lost) => state.doubts.add(lost),
    });
    const mayBeOthers = found.length > 0 && (state.exclusive || !state.surelyMember);
    const mine = mayBeOthers ? await this.checked(request, state, found) : found;
    return this.withinCredit(request.member, state, mine, left);
  }

  /**
   * Gives back what the credit can't take: the first record batches of a lane may come to a read that does not know of
   * any yet.
   */
  private async withinCredit(
    member: Member,
    state: MemberState,
    found: readonly Entry[],
    left: PerPriority<number>,
  ): Promise<readonly Entry[]> {
    if (found.every(({ count }) => count === undefined)) return found;
    const [within, beyond]: [Entry[], Entry[]] = [[], []];
    const still = { ...left };
    for (const entry of found) {
      (still[entry.priority] > 0 ? within : beyond).push(entry);
      still[entry.priority] -= sizeOf(entry);
    }
    if (beyond.length > 0) await this.giveBack(member, state, { entries: beyond, lost: [] });
    return within;
  }

  /**
   * The server serves a read of a consumer that has lost its lease meanwhile: others must have what it brought. Such a one
   * may also have read what was before that, which the only consumer must have first: then all of it goes back, and comes
   * in order.
   */
  private async checked(request: TakeRequest, state: MemberState, found: readonly Entry[]): Promise<readonly Entry[]> {
    const { member } = request;
    const tiers = new Set(state.exclusive ? found.map(({ priority }) => priority) : []);
    const credit = perPriority((priority) => (tiers.has(priority) ? 1 : 0));
    try {
      const { taken } = await this.takeNow({ ...request, credit }, state, 'owed');
      state.lost.push(...taken.lost);
      if (taken.entries.length === 0) return found;
      await this.giveBack(member, state, { entries: [...found, ...taken.entries], lost: [] });
      return [];
    } catch (cause) {
      await this.giveBack(member, state, { entries: found, lost: [] });
      throw cause;
    }
  }

  private async giveBack(member: Member, state: MemberState, { entries, lost }: Taken): Promise<void> {
    state.lost.push(...lost);
    const settlements = entries.flatMap(released);
    state.ledger.remove(settlements);
    try {
      await settleAsAnyone(this.server, this.waits, member, settlements);
    } catch {
      // Refused or unheard, they are still the consumer's: the next take finds them, or the end of its lease.
      const [lane] = this.server.keys(member.stream).lanes;
      state.doubts.add(this.server.topology.commandsOf(member.stream, lane));
    }
  }
}

/** Where and how long to read new entries. */
interface NewEntries {
  /** How many messages an entry of each lane may hold, as far as is known. */
  readonly largest: PerPriority<number>;
  readonly loan: Loan;
  readonly wait: Wait;
  readonly waitMs: number;
}

function withNew(taken: Taken, entries: readonly Entry[]): Taken {
  if (entries.length === 0) return taken;
  return taken.entries.length === 0 ? { ...taken, entries } : { ...taken, entries: [...taken.entries, ...entries] };
}

function isSomething({ entries, lost }: Taken): boolean {
  return entries.length > 0 || lost.length > 0;
}

/** What a script found. */
interface TakenNow {
  readonly taken: Taken;
  /** When something may be due though nothing is appended, in ms from now. */
  readonly nextMs: number;
  readonly largest: PerPriority<number>;
}

/** How many messages an entry brings. */
function sizeOf({ parts, count = 1 }: Entry): number {
  return parts === undefined ? count : parts.length;
}

/** What is left of the credit with these in hand. */
function leftOf(credit: PerPriority<number>, entries: readonly Entry[]): PerPriority<number> {
  const left = { ...credit };
  for (const entry of entries) left[entry.priority] -= sizeOf(entry);
  return left;
}

function released({ priority, id, attempt, count = 1, parts }: Entry): Settlement[] {
  if (!parts) return [{ priority, id, attempt, outcome: RELEASE }];
  return parts.map((part) => {
    const { index, attempt } = part;
    return { priority, id, attempt, outcome: RELEASE, parts: { count, indexes: [index] } };
  });
}
