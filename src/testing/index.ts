export type { RawAccess } from './contract/rawAccess.ts';
export type { StoreHarness } from './contract/storeHarness.ts';
export type { TestRunner } from './contract/testRunner.ts';
export { storeContract } from './storeContract.ts';
export { type TestDeliveryOptions, type TestSettlement, TestSource } from './testSource.ts';
