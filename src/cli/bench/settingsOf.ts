import type { BenchOptions } from './options.ts';
import type { BenchSettings } from './report.ts';

/** The options as a report tells them: only what the mode uses, and no password. */
export function settingsOf(options: BenchOptions): BenchSettings {
  const { mode, durationMs, rate, producers, consumers, payloadBytes, targetMs } = options;
  const store = options.store === 'memory' ? 'memory' : withoutPassword(options.store);
  const common = { mode, store, preset: 'production', payloadBytes };
  if (mode === 'growth') return common;
  if (mode === 'patterns') return { ...common, durationMs };
  if (mode === 'throughput') return { ...common, durationMs, producers, consumers };
  const steady = { ...common, durationMs, rate, producers, consumers };
  return mode === 'stress' ? { ...steady, targetMs } : steady;
}

function withoutPassword(store: string): string {
  const url = new URL(store);
  if (url.password !== '') url.password = '***';
  return url.href;
}
