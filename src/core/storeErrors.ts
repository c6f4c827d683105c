import { SluiceError, type SluiceErrorOptions } from './errors.ts';
import type { Member } from './store.ts';

/** What a store says went wrong. `retryable`: the same call may succeed later, unchanged. */
export class StoreError extends SluiceError {
  constructor(
    code: string,
    message: string,
    readonly retryable: boolean,
    options?: SluiceErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** The server can't be reached, or did not answer in time, or can't do that now. */
export class StoreUnavailableError extends StoreError {
  /** Whether the server has said so itself: nothing was done. Else it may have done what it was asked. */
  readonly answered: boolean;

  constructor(message: string, { answered = false, ...options }: SluiceErrorOptions & { answered?: boolean } = {}) {
    super('STORE_UNAVAILABLE', message, true, options);
    this.answered = answered;
  }
}

/** The server refuses the user or the password. */
export class StoreAuthError extends StoreError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super('STORE_AUTH', message, false, options);
  }
}

/** The server lacks what Sluice needs. */
export class UnsupportedServerError extends StoreError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super('UNSUPPORTED_SERVER', message, false, options);
  }
}

/** The store is full: nothing of the call was kept. */
export class StoreFullError extends StoreError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super('STORE_FULL', message, true, options);
  }
}

/** The store could not be used for as long as `reconnect.giveUpAfterMs` says. Its cause is the last error. */
export class StoreGivenUpError extends StoreError {
  constructor(afterMs: number, cause: Error) {
    super('STORE_GIVEN_UP', `the store could not be used for ${afterMs} ms, given up: ${cause.message}`, false, {
      cause,
    });
  }
}

/** The store, or the bus over it, was closed. */
export class StoreClosedError extends StoreError {
  constructor(what = 'the store') {
    super('CLOSED', `${what} is closed: connect again to go on`, false);
  }
}

/** The group does not exist, or not any more: create it again and say so. */
export class NoGroupError extends StoreError {
  constructor(member: Pick<Member, 'stream' | 'group'>, options?: SluiceErrorOptions) {
    super('NO_GROUP', `group '${member.group}' does not exist on stream '${member.stream}'`, true, options);
  }
}

/** The consumer's lease ran out and others have its work: drop it, join under a new name. */
export class FencedError extends StoreError {
  constructor(member: Member, options?: SluiceErrorOptions) {
    super(
      'FENCED',
      `consumer '${member.consumer}' of group '${member.group}' on stream '${member.stream}' lost its lease: its work was taken over`,
      false,
      options,
    );
  }
}

/** The group is bound to another pattern. */
export class GroupPatternError extends StoreError {
  constructor(group: string, stream: string, bound: string, asked: string) {
    super(
      'GROUP_PATTERN',
      `group '${group}' on stream '${stream}' is bound to pattern '${bound}', not '${asked}': what it reads it settles for all its consumers, so use another group name`,
      false,
    );
  }
}

/** Another consumer owns the partition: it may be had once that one has left, or its lease has run out. */
export class PartitionOwnedError extends StoreError {
  constructor({ stream, group }: Pick<Member, 'stream' | 'group'>, options?: SluiceErrorOptions) {
    super('PARTITION_OWNED', `partition '${stream}' is owned by another consumer of group '${group}'`, true, options);
  }
}

/** The group is being read the other way: with an order by key, or without one. */
export class GroupOrderError extends StoreError {
  constructor({ stream, group }: Pick<Member, 'stream' | 'group'>, exclusive: boolean, options?: SluiceErrorOptions) {
    const [asked, there] = exclusive ? ["orderBy: 'key'", 'none'] : ['no orderBy', "orderBy: 'key'"];
    super(
      'GROUP_ORDER',
      `group '${group}' on stream '${stream}' can't be read with ${asked} while consumers with ${there} are there: stop them first, or use another group name`,
      false,
      options,
    );
  }
}

/** The stream has another number of partitions than this process was told. */
export class PartitionsError extends StoreError {
  constructor(stream: string, bound: number, asked: number) {
    super(
      'PARTITIONS',
      `stream '${stream}' was made with partitions: ${bound}, not ${asked}: messages would go where nobody reads; configure ${bound}, or change it for good as the guide on ordering says`,
      false,
    );
  }
}

/** What was asked for is not as safe as its stream is to be, or can't be made so. */
export class DurabilityError extends SluiceError {
  constructor(
    message: string,
    /** What the stream asks for. */
    readonly asked: 'replicated' | 'fsync',
    options?: SluiceErrorOptions,
  ) {
    super('DURABILITY', message, options);
  }
}

/** A group can't be removed while it is read, or owes something. */
export class GroupInUseError extends SluiceError {
  constructor(group: string, stream: string, members: number, owed: number) {
    super(
      'GROUP_IN_USE',
      `group '${group}' on stream '${stream}' has ${members} members and owes ${owed} entries: stop its consumers, let it catch up, or pass force: true`,
    );
  }
}
