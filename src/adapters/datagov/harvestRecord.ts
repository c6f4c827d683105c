import { inUtc } from './catalogDataset.ts';
import { fieldsOf, textOf, textOrNothing } from './reading.ts';

/** How a dataset came into the catalog the last time. */
export interface HarvestRecord {
  readonly id: string;
  /** `create`, `update` or `delete`. */
  readonly action: string | undefined;
  /** `success`, `error`, … */
  readonly status: string | undefined;
  readonly identifier: string | undefined;
  readonly parentIdentifier: string | undefined;
  readonly jobId: string | undefined;
  readonly sourceId: string | undefined;
  /** ISO 8601; Data.gov writes no time zone: taken for UTC, as its servers'. */
  readonly createdAt: string | undefined;
  readonly finishedAt: string | undefined;
  /** Of the source, SHA-256. */
  readonly sourceHash: string | undefined;
  /** What the publisher sent: JSON as an object, anything else as its text. */
  readonly raw: unknown;
  /** What was made of it; null where nothing had to be. */
  readonly transformed: unknown;
}

/** What a publisher sent, untouched: JSON, XML or text. */
export interface HarvestRaw {
  readonly mediaType: string | undefined;
  readonly text: string;
}

export function harvestRecordOf(value: unknown): HarvestRecord {
  const doc = fieldsOf(value, 'a harvest record');
  return {
    id: textOf(doc['id'], 'id of a harvest record'),
    action: textOrNothing(doc['action']),
    status: textOrNothing(doc['status']),
    identifier: textOrNothing(doc['identifier']),
    parentIdentifier: textOrNothing(doc['parent_identifier']),
    jobId: textOrNothing(doc['harvest_job_id']),
    sourceId: textOrNothing(doc['harvest_source_id']),
    createdAt: inUtc(textOrNothing(doc['date_created'])),
    finishedAt: inUtc(textOrNothing(doc['date_finished'])),
    sourceHash: textOrNothing(doc['source_hash']),
    raw: doc['source_raw'],
    transformed: doc['source_transform'] ?? null,
  };
}
