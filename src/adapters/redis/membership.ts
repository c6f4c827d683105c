import type { CreateGroupRequest, JoinOptions, Member } from '../../core/store.ts';
import { GroupPatternError } from '../../core/storeErrors.ts';
import type { MemberStates } from './memberStates.ts';
import type { Server } from './server.ts';
import { startId } from './startId.ts';
import type { Waits } from './waits.ts';

/** Groups, and who is a member of them. */
export class Membership {
  constructor(
    private readonly server: Server,
    private readonly states: MemberStates,
    private readonly waits: Waits,
  ) {}

  async createGroup({ stream, group, pattern, start }: CreateGroupRequest): Promise<void> {
    const { lanes, groups } = this.server.keys(stream);
    const args = [group, pattern, startId(start)];
    const bound = String(await this.server.script<Buffer>(stream, 'createGroup', [...lanes, groups], args));
    if (bound !== pattern) throw new GroupPatternError(group, stream, bound, pattern);
  }

  async join(member: Member, leaseMs: number, { exclusive = false }: JoinOptions): Promise<void> {
    const { stream, group, consumer } = member;
    const keys = this.server.keys(stream);
    const { members, fallen } = keys.group(group);
    const askedMs = performance.now();
    const args = [group, consumer, leaseMs, exclusive ? 'exclusive' : 'shared'];
    await this.server.script(stream, 'join', [keys.groups, members, fallen, keys.owners, keys.idle], args);
    const state = this.states.of(member);
    state.exclusive = exclusive;
    state.renewed(leaseMs, askedMs);
  }

  async renew(member: Member, leaseMs: number): Promise<void> {
    const { stream, group, consumer } = member;
    const keys = this.server.keys(stream);
    const { members, fallen } = keys.group(group);
    const all = [...keys.lanes, members, fallen, keys.groups];
    const askedMs = performance.now();
    await this.server.script(stream, 'renew', all, [group, consumer, leaseMs]);
    this.states.of(member).renewed(leaseMs, askedMs);
  }

  async leave(member: Member): Promise<void> {
    const { stream, group, consumer } = member;
    const keys = this.server.keys(stream);
    const { due, members, parts } = keys.group(group);
    const state = this.states.of(member);
    // What a cancelled read brings in after the consumer has left would belong to nobody.
    await state.givingBack;
    const all = [...keys.lanes, ...due, members, keys.groups, ...parts];
    try {
      await this.server.script(stream, 'leave', all, [group, consumer]);
    } finally {
      // Also if the server did not hear of it: then the lease runs out, and nobody asks for this name again.
      state.left();
      this.states.forget(member);
    }
    this.waits.wake(members);
  }
}
