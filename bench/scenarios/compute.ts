import { createHash } from 'node:crypto';

/** Computes for about 25 ms, and does the same at each call: not for a time, or two that share a core would seem quick. */
export default function compute(seed: unknown): string {
  let hash = String(seed);
  for (let round = 0; round < ROUNDS; round++) hash = createHash('sha256').update(hash).digest('hex');
  return hash;
}

const ROUNDS = 32_500;
