export { redisStore } from './redisStore.ts';
export type { RedisStoreOptions } from './redisStoreOptions.ts';
