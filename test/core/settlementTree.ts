import fc from 'fast-check';
import { Batch, type Delivery } from '../../src/core/delivery.ts';
import type { Verdict } from '../../src/core/outcome.ts';
import { TestSource } from '../../src/testing/testSource.ts';

/** One step in the life of a few deliveries; numbers choose, modulo what there is, the deliveries it is done to. */
export type Step =
  | { readonly does: 'with'; readonly at: number }
  | { readonly does: 'split'; readonly at: number; readonly parts: number }
  | { readonly does: 'batch'; readonly of: readonly number[] }
  | { readonly does: 'settle'; readonly at: number; readonly verdict: Verdict };

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.constant<Verdict>({ kind: 'ack' }),
  fc.constant<Verdict>({ kind: 'release' }),
  fc.nat(5).map((delayMs): Verdict => ({ kind: 'retry', delayMs })),
  fc.nat(5).map((n): Verdict => ({ kind: 'reject', error: new Error(`reject ${n}`) })),
  fc.nat(5).map((n): Verdict => ({ kind: 'fail', error: new Error(`fail ${n}`) })),
);

const at = fc.nat(99);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('with' as const), at }),
  fc.record({ does: fc.constant('split' as const), at, parts: fc.nat(3) }),
  fc.record({ does: fc.constant('batch' as const), of: fc.array(at, { minLength: 1, maxLength: 4 }) }),
  fc.record({ does: fc.constant('settle' as const), at, verdict }),
);

export const steps = fc.array(step, { maxLength: 40 });
export { verdict };

/** What a node of the model is derived from. */
interface ModelNode {
  readonly kind: 'root' | 'share' | 'batch';
  readonly origins: readonly ModelNode[];
  readonly group?: { readonly members: ModelNode[] };
  verdict: Verdict | undefined;
}

/** Deliveries, and beside each the node of a model that knows only the rules, written to be read and not to be quick. */
export class SettlementTree {
  readonly source = new TestSource();
  readonly roots: readonly ModelNode[];
  readonly nodes: { readonly delivery: Delivery; readonly node: ModelNode }[];

  constructor(count: number) {
    this.nodes = Array.from({ length: count }, (_, i) => ({
      delivery: this.source.deliver(i) as Delivery,
      node: { kind: 'root', origins: [], verdict: undefined },
    }));
    this.roots = this.nodes.map(({ node }) => node);
  }

  run(each: Step): void {
    if (each.does === 'with') return this.derive(each.at);
    if (each.does === 'split') return this.split(each.at, each.parts);
    if (each.does === 'batch') return this.batch(each.of);
    this.settle(each.at, each.verdict);
  }

  /** Acks whatever is left, the latest first or last. */
  finish(latestFirst: boolean): void {
    const order = this.nodes.map((_, i) => i);
    for (const i of latestFirst ? order.reverse() : order) this.settle(i, { kind: 'ack' });
  }

  settle(index: number, given: Verdict): void {
    const { delivery, node } = this.pick(index);
    const told = delivery.settle(given);
    if (told !== !isSettled(node)) throw new Error('settle said otherwise than the model');
    speak(node, given);
  }

  private derive(index: number): void {
    const { delivery, node } = this.pick(index);
    this.nodes.push({ delivery: delivery.with('derived'), node });
  }

  private split(index: number, parts: number): void {
    const { delivery, node } = this.pick(index);
    const group = { members: [] as ModelNode[] };
    for (const share of delivery.split(Array.from({ length: parts }, (_, i) => i))) {
      const member: ModelNode = { kind: 'share', origins: [node], group, verdict: undefined };
      group.members.push(member);
      this.nodes.push({ delivery: share, node: member });
    }
    if (parts === 0) speak(node, { kind: 'ack' });
  }

  private batch(indexes: readonly number[]): void {
    const members = indexes.map((index) => this.pick(index));
    const [first, ...rest] = members.map(({ delivery }) => delivery) as [Delivery, ...Delivery[]];
    const node: ModelNode = { kind: 'batch', origins: members.map((member) => member.node), verdict: undefined };
    this.nodes.push({ delivery: Batch.of([first, ...rest]), node });
  }

  private pick(index: number) {
    const picked = this.nodes[index % this.nodes.length];
    if (!picked) throw new Error('an empty tree');
    return picked;
  }
}

const RANK = ['ack', 'release', 'retry', 'fail', 'reject'];
const rank = (each: Verdict): number => RANK.indexOf(each.kind) * 100 + (each.kind === 'retry' ? each.delayMs : 0);

export function isSettled(node: ModelNode): boolean {
  if (node.verdict) return true;
  if (node.kind === 'share') return node.origins.some(isSettled);
  return node.kind === 'batch' && node.origins.every(isSettled);
}

function speak(node: ModelNode, given: Verdict): void {
  if (isSettled(node)) return;
  node.verdict = given;
  if (node.kind === 'batch') for (const member of node.origins) speak(member, given);
  if (node.kind !== 'share') return;
  const verdicts = (node.group?.members ?? []).map((member) => member.verdict);
  if (verdicts.includes(undefined)) return;
  const [parent] = node.origins;
  const worst = Math.max(...(verdicts as Verdict[]).map(rank));
  if (parent) speak(parent, (verdicts as Verdict[]).find((each) => rank(each) === worst) as Verdict);
}
