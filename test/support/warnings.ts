import { eventually } from './eventually.ts';

/** A process warning of Sluice. */
export interface SeenWarning {
  readonly code: string;
  readonly message: string;
}

/** Collects the process warnings emitted while `run` works, until there are `count` of them. */
export async function warningsOf(count: number, run: () => unknown): Promise<readonly SeenWarning[]> {
  const seen: SeenWarning[] = [];
  const listener = (warning: Error & { code?: string }) => {
    if (warning.name === 'SluiceWarning') seen.push({ code: warning.code ?? '', message: warning.message });
  };
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', listener);
  try {
    await run();
    await eventually(() => seen.length >= count);
  } finally {
    process.off('warning', listener);
    for (const printer of printers) process.on('warning', printer);
  }
  return seen;
}
