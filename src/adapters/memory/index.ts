export { type MemoryStoreOptions, memoryStore } from './memoryStore.ts';
