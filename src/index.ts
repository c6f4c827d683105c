export { type MemoryStoreOptions, memoryStore } from './adapters/memory/index.ts';
export { type RedisStoreOptions, redisStore } from './adapters/redis/index.ts';
export type { Bus } from './bus/bus.ts';
export type { GroupsConfig, RetentionConfig } from './bus/busConfig.ts';
export { type BusConfig, ENVIRONMENT, type ResolvedConfig, resolveConfig } from './bus/config.ts';
export { connect } from './bus/connect.ts';
export type { DeadLetterFilter } from './bus/deadLetters/deadLetterFilter.ts';
export type {
  DeadLettersOptions,
  PurgeOptions,
  ReplayOptions,
  ReplayResult,
  WhichDeadLetters,
} from './bus/deadLetters/deadLettersOptions.ts';
export type { KeptDeadLetter, OpenDeadLetter } from './bus/deadLetters/keptDeadLetter.ts';
export type { DurabilityConfig } from './bus/durabilities.ts';
export type { Health, HealthOptions } from './bus/health/health.ts';
export type { GroupHealth, StreamHealth } from './bus/health/streamHealth.ts';
export type { RemovedFrom, RemoveGroupOptions } from './bus/keeping/removeGroup.ts';
export type { BusMetrics, PublishBuffer } from './bus/metrics/busMetrics.ts';
export type { ConsumedCounts, SentCounts } from './bus/metrics/storeBooks.ts';
export { development, highFrequency, production } from './bus/presets.ts';
export { BufferFullError } from './bus/publishing/errors.ts';
export {
  type OutgoingMessage,
  type PublishFailure,
  PublishManyError,
  type PublishManyOptions,
} from './bus/publishing/publishMany.ts';
export type { RecordForm } from './bus/recordForms.ts';
export { type FailureReply, RequestFailedError, RequestTimeoutError } from './bus/requests/protocol.ts';
export type { RequestOptions } from './bus/requests/requester.ts';
export type { Responder, RespondHandler, RespondOptions } from './bus/requests/respond.ts';
export type { RetentionBounds } from './bus/retentionBounds.ts';
export { type StopOnSignalsOptions, type Stoppable, stopOnSignals } from './bus/stopOnSignals.ts';
export type { StreamReport } from './bus/streamReport.ts';
export type { StreamBinding } from './bus/streams.ts';
export type { Cache, Cached } from './cache/cache.ts';
export { type CachedOptions, cached } from './cache/cached.ts';
export type { CacheMetrics } from './cache/cacheMetrics.ts';
export type { CacheOptions } from './cache/cacheOptions.ts';
export type { CachePolicy } from './cache/cachePolicy.ts';
export { type ProcessCacheOptions, processCache } from './cache/processCache.ts';
export { AtomicOutputError, type AtomicOutputFault } from './core/atomicOutputError.ts';
export type { Compression } from './core/batchCompression.ts';
export { BufferOverflowError } from './core/bufferOverflowError.ts';
export { bytesCodec } from './core/bytesCodec.ts';
export type {
  CacheAnswer,
  CacheAsk,
  CacheEntry,
  CacheLanding,
  CachePlace,
  CacheStore,
} from './core/cacheStore.ts';
export type { Codec, Payload } from './core/codec.ts';
export { Batch, Delivery, type RetryOptions } from './core/delivery.ts';
export {
  CorruptEntryError,
  DecodeError,
  EncodeError,
  InvalidOptionError,
  InvalidPatternError,
  InvalidTopicError,
  PayloadTooLargeError,
  PermanentError,
  SluiceError,
  type SluiceErrorOptions,
  UnknownEncodingError,
} from './core/errors.ts';
export { type JsonCodecOptions, jsonCodec } from './core/jsonCodec.ts';
export type { Headers, Message } from './core/message.ts';
export type { Notice, Notify } from './core/notice.ts';
export type { Ack, Failure, Outcome, Reject, Release, Retry, Verdict } from './core/outcome.ts';
export { partitionOf } from './core/partitionOf.ts';
export { compilePattern, type TopicMatcher } from './core/pattern.ts';
export { type PerPriority, PRIORITIES, type Priority } from './core/priority.ts';
export type { Confirm, DelayedMessage, Publisher, PublishOptions, Receipt } from './core/publisher.ts';
export type {
  AppendedRef,
  Attendance,
  Attendee,
  ConsumerStats,
  Cursor,
  DeadLetter,
  DeadLetterRequest,
  DelayedRecord,
  DelayedRef,
  Due,
  Durability,
  Entry,
  EntryRef,
  ExpiredGroup,
  GroupCount,
  GroupStats,
  HeldEntry,
  HeldRef,
  JoinOptions,
  KeyState,
  LaneStats,
  Member,
  Once,
  Part,
  PartitionCounts,
  RateLimits,
  ReadPage,
  ReadRequest,
  RemovedGroup,
  RemoveGroupRequest,
  ScheduledRef,
  SeenRequest,
  SettledParts,
  Settlement,
  StartPosition,
  StoreFeature,
  StoreRecord,
  StreamStats,
  StreamStore,
  Taken,
  TakeRequest,
  TidyRequest,
  TidyResult,
  TokenGrant,
  TokenRequest,
  TrimBounds,
  TrimResult,
} from './core/store.ts';
export {
  DurabilityError,
  FencedError,
  GroupInUseError,
  GroupOrderError,
  GroupPatternError,
  NoGroupError,
  PartitionOwnedError,
  PartitionsError,
  StoreAuthError,
  StoreClosedError,
  StoreError,
  StoreFullError,
  StoreGivenUpError,
  StoreUnavailableError,
  UnsupportedServerError,
} from './core/storeErrors.ts';
export { TopicIndex, type TopicIndexOptions } from './core/topicIndex.ts';
export type { BackoffOptions } from './internal/backoff.ts';
export type { GraphNode } from './internal/graph.ts';
export {
  type Answer,
  acknowledge,
  type BatchOptions,
  type Branch,
  BranchEndedError,
  batch,
  type CircuitBreakOptions,
  type CircuitChange,
  type CircuitState,
  type ConcurrencyRange,
  circuitBreak,
  type DedupeOptions,
  dedupe,
  type Handled,
  type HandleInThreadsOptions,
  type HandleOptions,
  type Handler,
  HandlerAnsweredTwiceError,
  type HandlerContext,
  HandlerTimeoutError,
  handle,
  handleInThreads,
  type LoopLoad,
  limitRate,
  type MergeByPriorityOptions,
  type MergedByPriority,
  type MissingCase,
  mapData,
  mergeByPriority,
  NotCloneableError,
  type Partitioned,
  type PartitionTopicsOptions,
  type PrioritizeOptions,
  type PriorityOptions,
  type PrioritySources,
  partitionTopics,
  prioritize,
  type RateLimit,
  type RateLimitOptions,
  type RouteMatch,
  type RouteTopicsOptions,
  routeMatch,
  routeTopics,
  type ScaleChange,
  type Seen,
  type SeenOptions,
  splitData,
  type ThreadContext,
  ThreadDiedError,
  type ThreadEvent,
  type ThreadHandler,
  type ThreadHealth,
  ThreadModuleError,
  type TokenBucketOptions,
  threadHealth,
  tokenBucket,
  UnmatchedError,
  UnroutableError,
  ValidationError,
  validate,
  type WhereOptions,
  where,
} from './operators/index.ts';
export type { InHand, SettledCounts } from './pipeline/ledger.ts';
export { type Pipeline, type PipelineGraph, pipeline } from './pipeline/pipeline.ts';
export type { RunCounts, RunOptions, RunState, StopOptions, StopReport } from './pipeline/run.ts';
export type { RunningPipeline } from './pipeline/runningPipeline.ts';
export { stage } from './pipeline/stage.ts';
export type { RestartOptions } from './pipeline/supervise.ts';
export { FileWriteError } from './sinks/ndjson/fileWriteError.ts';
export { toDeadLetter } from './sinks/toDeadLetter.ts';
export { type ToNdjsonOptions, toNdjson } from './sinks/toNdjson.ts';
export { type OutputOptions, type TopicOf, type ToTopicOptions, toTopic } from './sinks/toTopic.ts';
export type { FailurePolicy } from './sources/failurePolicy.ts';
export { type FromNdjsonOptions, fromNdjson, type OnBadLine } from './sources/fromNdjson.ts';
export { type FromObservableOptions, fromObservable } from './sources/fromObservable.ts';
export { type FromTopicsOptions, fromTopics, type TopicsPort } from './sources/fromTopics.ts';
export type { LiveViewOptions } from './sources/liveView.ts';
export { BadLineError } from './sources/ndjson/badLineError.ts';
export { FileReadError } from './sources/ndjson/fileReadError.ts';
export type { ReconnectOptions } from './sources/patience.ts';
export { PoisonError } from './sources/poisonError.ts';
export type { SourceState, UnsettledByStage } from './sources/sourceState.ts';
