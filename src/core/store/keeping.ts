export interface TrimBounds {
  /** Keep at most this many entries a lane. */
  readonly maxEntries?: number;
  /** Keep only what is younger than this, in ms. */
  readonly maxAgeMs?: number;
  /** Keep at most about so many bytes over all lanes, as the store measures them: what is owed goes too, if it must. */
  readonly maxBytes?: number;
}

export interface TrimResult {
  readonly removed: number;
  /** Entries beyond the bounds that were kept because a group still owes them. 0 where the server can't tell cheaply. */
  readonly owed: number;
  /** The groups that owe the first of those. Absent for none. */
  readonly heldBy?: readonly string[];
  /** Messages that groups owed and that are gone for `maxBytes`. Absent for none. */
  readonly forced?: readonly GroupCount[];
}

/** So many messages of a group. */
export interface GroupCount {
  readonly group: string;
  readonly count: number;
}

export interface TidyRequest {
  /** How long ago the lease of a consumer must have ended, in ms. */
  readonly deadMs: number;
  /** After how long without a member a group is removed, in ms. Absent: never. */
  readonly expireMs?: number;
  /** Whether such a group goes even if it owes something. @default false */
  readonly force?: boolean;
}

export interface TidyResult {
  /** Consumers removed. */
  readonly consumers: number;
  /** Groups that are expired, whether they were removed or not. */
  readonly expired: readonly ExpiredGroup[];
}

/** A group that has had no member for too long. */
export interface ExpiredGroup {
  readonly group: string;
  /** Since when it has had no member, in ms. */
  readonly idleMs: number;
  /** Messages that it owes, or owed. */
  readonly owed: number;
  readonly removed: boolean;
}

export interface RemoveGroupRequest {
  readonly stream: string;
  readonly group: string;
  /** Whether to remove it whatever it owes and whoever reads it. @default false */
  readonly force?: boolean;
}

export interface RemovedGroup {
  /** False if it is not there, or not any more; or if it is in use. */
  readonly removed: boolean;
  /** Its members with a lease. */
  readonly members: number;
  /** Entries that it owes, those not handed out yet included; at least, where the server can't tell. */
  readonly owed: number;
}
