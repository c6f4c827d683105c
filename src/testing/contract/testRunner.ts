type Run = () => void | Promise<void>;

/** What the contract needs of a test runner: mocha's, node:test's and vitest's names all fit. */
export interface TestRunner {
  describe(title: string, run: () => void): unknown;
  it(title: string, run: Run): unknown;
  before(run: Run): unknown;
  after(run: Run): unknown;
  beforeEach(run: Run): unknown;
  afterEach(run: Run): unknown;
}

/**
 * The runner whose names are global.
 *
 * @throws {Error} if there is none
 */
export function testRunner(globals: object = globalThis): TestRunner {
  const found = globals as Partial<TestRunner & { beforeAll: TestRunner['before']; afterAll: TestRunner['after'] }>;
  const { describe, it, before = found.beforeAll, after = found.afterAll, beforeEach, afterEach } = found;
  if (!describe || !it || !before || !after || !beforeEach || !afterEach) {
    throw new Error(
      'no test runner is global: call storeContract in a test file, or pass it `describe`, `it` and the hooks',
    );
  }
  return { describe, it, before, after, beforeEach, afterEach };
}
