/**
 * Names of OpenTelemetry's messaging conventions, version 1.45, which are still in development: their constants live in
 * an entry that libraries are told not to import, so the strings stand here, once. `sluice.*` is ours, for what the
 * conventions have no name for.
 */
export const ATTRIBUTE = {
  system: 'messaging.system.name',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destinationName: 'messaging.destination.name',
  destinationTemplate: 'messaging.destination.template',
  partitionId: 'messaging.destination.partition.id',
  messageId: 'messaging.message.id',
  batchMessageCount: 'messaging.batch.message_count',
  groupName: 'messaging.consumer.group.name',
  clientId: 'messaging.client.id',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
  topic: 'sluice.topic',
  priority: 'sluice.priority',
  /** 1 for the first hand-out. */
  attempt: 'sluice.attempt',
  /** `ack`, `retry`, `reject` or `release`. */
  outcome: 'sluice.outcome',
  stage: 'sluice.stage',
  cacheName: 'sluice.cache.name',
  /** `hit`, `miss`, `stale`, `bypass` or `error`. */
  cacheAnswer: 'sluice.cache.answer',
  /** The name of a service on the bus. */
  service: 'sluice.service',
} as const;
