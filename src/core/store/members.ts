/** A consumer of a group of a stream. The name is one incarnation's: never used again after a restart. */
export interface Member {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
}

export interface JoinOptions {
  /** Whether it is to be the only member. @default false */
  readonly exclusive?: boolean;
}

/** One of those that share out the partitions of a stream, and the numbers of those it owns. */
export interface Attendee {
  readonly name: string;
  readonly owns: readonly number[];
}

/** An attendee, and what it shares with others. */
export interface Attendance {
  readonly stream: string;
  readonly group: string;
  readonly attendee: Attendee;
}

/** How many partitions streams have, by the streams' names. */
export type PartitionCounts = Readonly<Record<string, number>>;
