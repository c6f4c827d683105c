import { threadId } from 'node:worker_threads';
import type { ThreadContext } from '../../../../src/operators/threads/threadTask.ts';

/** The letter in capitals. */
export default function upper(letter: string): string {
  return letter.toUpperCase();
}

/** The letter, and what else the handler was told. */
export async function told(letter: string, context: ThreadContext<string>) {
  return { letter, ...context, threadId };
}

/** Nothing. */
export function silent(): void {
  return undefined;
}

/** What only a copy keeps: no JSON. */
export function rich(): unknown {
  return { at: new Date(0), n: 2n ** 70n, map: new Map([[1, new Set([2])]]), bytes: Buffer.from('x') };
}

/** Computes for as many ms. */
export function compute(ms: number): number {
  const until = performance.now() + ms;
  let rounds = 0;
  while (performance.now() < until) rounds += 1;
  return rounds;
}
