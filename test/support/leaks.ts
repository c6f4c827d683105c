import { setImmediate as nextTurn } from 'node:timers/promises';
import { activeResources, type Resources } from './activeResources.ts';
import { eventually } from './eventually.ts';

const SETTLE_MS = 2_000;

const grown = (before: Resources, after: Resources): string[] =>
  [...after]
    .filter(([name, count]) => count > (before.get(name) ?? 0))
    .map(([name, count]) => `${count - (before.get(name) ?? 0)} × ${name}`);

// The stock must be taken before the suite's own hooks open anything.
function runFirst(suite: Mocha.Suite): void {
  const { _beforeAll: hooks } = suite as unknown as { _beforeAll: Mocha.Hook[] };
  hooks.unshift(...hooks.splice(-1));
}

function guard(suite: Mocha.Suite): void {
  let before: Resources = new Map();
  suite.beforeAll('take stock of open handles', async () => {
    // Mocha starts its timer for a hook once that gave a promise; it must be counted on both sides.
    await nextTurn();
    before = activeResources();
  });
  runFirst(suite);
  suite.afterAll('everything opened is closed', () =>
    eventually(
      async () => {
        await nextTurn();
        const leaked = grown(before, activeResources());
        if (leaked.length > 0) throw new Error(`"${suite.title}" (${suite.file}) leaks ${leaked.join(', ')}`);
      },
      { withinMs: SETTLE_MS },
    ),
  );
}

/** Fails each top-level suite that leaves sockets, servers, timers, or child processes behind. */
export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    for (const suite of this.test?.parent?.suites ?? []) guard(suite);
  },
};
