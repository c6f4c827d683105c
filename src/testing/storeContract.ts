import { attendanceCases } from './contract/attendanceCases.ts';
import { batchCases } from './contract/batchCases.ts';
import { batchGroupCases } from './contract/batchGroupCases.ts';
import { batchPartCases } from './contract/batchPartCases.ts';
import { batchTakeCases } from './contract/batchTakeCases.ts';
import { byteBoundCases } from './contract/byteBoundCases.ts';
import { cacheCases } from './contract/cacheCases.ts';
import { closeCases } from './contract/closeCases.ts';
import type { ContractCase } from './contract/contractCase.ts';
import { ContractWorld } from './contract/contractWorld.ts';
import { creditCases } from './contract/creditCases.ts';
import { deadLetterCases } from './contract/deadLetterCases.ts';
import { delayCases } from './contract/delayCases.ts';
import { exclusiveCases } from './contract/exclusiveCases.ts';
import { groupCases } from './contract/groupCases.ts';
import { limitCases } from './contract/limitCases.ts';
import { membershipCases } from './contract/membershipCases.ts';
import { onceCases } from './contract/onceCases.ts';
import { orderCases } from './contract/orderCases.ts';
import { outputCases } from './contract/outputCases.ts';
import { payloadCases } from './contract/payloadCases.ts';
import { rawCases } from './contract/rawCases.ts';
import { readCases } from './contract/readCases.ts';
import { retryCases } from './contract/retryCases.ts';
import { seenCases } from './contract/seenCases.ts';
import { settlementCases } from './contract/settlementCases.ts';
import { sharedCases } from './contract/sharedCases.ts';
import { statsCases } from './contract/statsCases.ts';
import type { StoreHarness } from './contract/storeHarness.ts';
import { takeoverCases } from './contract/takeoverCases.ts';
import { type TestRunner, testRunner } from './contract/testRunner.ts';
import { tidyCases } from './contract/tidyCases.ts';
import { trimCases } from './contract/trimCases.ts';
import { turnCases } from './contract/turnCases.ts';
import { waitingCases } from './contract/waitingCases.ts';

/**
 * Registers the store contract: what every `StreamStore` must do, as one suite of cases that depend on nothing but the
 * harness. They run in real time and wait for conditions, never for a time to pass.
 *
 * Call it at the top level of a test file, under mocha, node:test or vitest:
 *
 * @example
 * storeContract({ name: 'memory', open: () => memoryStore() });
 *
 * @param runner where `describe`, `it` and the hooks come from: the globals unless given
 */
export function storeContract(harness: StoreHarness, runner: TestRunner = testRunner()): void {
  const { describe, it, before, after, beforeEach, afterEach } = runner;
  describe(`store contract: ${harness.name}`, () => {
    const world = new ContractWorld(harness);
    before(() => harness.before?.());
    after(() => harness.after?.());
    beforeEach(() => world.begin());
    afterEach(() => world.end());
    for (const [title, cases] of Object.entries(GROUPS)) {
      const meant = cases.filter(({ needs }) => needs === undefined || harness.features?.includes(needs));
      if (meant.length === 0) continue;
      describe(title, () => {
        for (const { rule, run } of meant) it(rule, () => run(world));
      });
    }
  });
}

const GROUPS: Readonly<Record<string, readonly ContractCase[]>> = {
  order: orderCases,
  turns: turnCases,
  once: onceCases,
  delays: delayCases,
  payloads: payloadCases,
  groups: groupCases,
  membership: membershipCases,
  credit: creditCases,
  waiting: waitingCases,
  settlement: settlementCases,
  outputs: outputCases,
  retries: retryCases,
  takeover: takeoverCases,
  exclusive: exclusiveCases,
  attendance: attendanceCases,
  'dead letters': deadLetterCases,
  'record batches': batchCases,
  'record batches in parts': batchPartCases,
  'record batches and groups': batchGroupCases,
  'record batches among several': batchTakeCases,
  trim: trimCases,
  'trim by bytes': byteBoundCases,
  tidying: tidyCases,
  stats: statsCases,
  views: readCases,
  limits: limitCases,
  'seen keys': seenCases,
  caches: cacheCases,
  closing: closeCases,
  'raw entries': rawCases,
  'shared places': sharedCases,
};
