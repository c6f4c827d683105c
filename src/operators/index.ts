export { acknowledge } from './acknowledge.ts';
export { type BatchOptions, batch } from './batch.ts';
export type { Branch } from './branch.ts';
export { BranchEndedError } from './branchEndedError.ts';
export type { CircuitChange, CircuitState } from './circuit.ts';
export { type CircuitBreakOptions, circuitBreak } from './circuitBreak.ts';
export { type DedupeOptions, dedupe } from './dedupe.ts';
export { type Answer, type Handled, type HandleOptions, type Handler, handle } from './handle.ts';
export {
  type HandleInThreadsOptions,
  handleInThreads,
  type ThreadEvent,
  type ThreadHandler,
} from './handleInThreads.ts';
export { HandlerAnsweredTwiceError } from './handlerAnsweredTwiceError.ts';
export type { HandlerContext } from './handlerScope.ts';
export { HandlerTimeoutError } from './handlerTimeoutError.ts';
export { limitRate } from './limitRate.ts';
export { mapData } from './mapData.ts';
export { type MergeByPriorityOptions, mergeByPriority } from './mergeByPriority.ts';
export { type Partitioned, type PartitionTopicsOptions, partitionTopics } from './partitionTopics.ts';
export { type PrioritizeOptions, prioritize } from './prioritize.ts';
export type { PriorityOptions } from './priorityOptions.ts';
export type { MergedByPriority, PrioritySources } from './prioritySources.ts';
export type { RateLimit, RateLimitOptions } from './rateLimit.ts';
export { type MissingCase, type RouteMatch, routeMatch } from './routeMatch.ts';
export { type RouteTopicsOptions, routeTopics } from './routeTopics.ts';
export type { ConcurrencyRange, ScaleChange } from './scaling/concurrencyRange.ts';
export type { LoopLoad } from './scaling/scaleState.ts';
export type { Seen, SeenOptions } from './seen.ts';
export { splitData } from './splitData.ts';
export { NotCloneableError } from './threads/notCloneableError.ts';
export { ThreadDiedError } from './threads/threadDiedError.ts';
export { type ThreadHealth, threadHealth } from './threads/threadHealth.ts';
export { ThreadModuleError } from './threads/threadModuleError.ts';
export type { ThreadContext } from './threads/threadTask.ts';
export { type TokenBucketOptions, tokenBucket } from './tokenBucket.ts';
export { UnmatchedError } from './unmatchedError.ts';
export { UnroutableError } from './unroutableError.ts';
export { validate } from './validate.ts';
export { ValidationError } from './validationError.ts';
export { type WhereOptions, where } from './where.ts';
