import { PRIORITIES, type Priority } from '../core/priority.ts';
import type { Entry } from '../core/store.ts';

/** The messages of one key that a reader has: the one whose turn it is, and those behind it, most urgent first. */
export class KeyLine {
  private readonly behind: Entry[] = [];

  constructor(
    readonly key: string,
    /** Whose turn it is, at the attempt that it is out with or will be. */
    public head: Entry,
  ) {}

  get waiting(): readonly Entry[] {
    return this.behind;
  }

  /** Behind all that are as urgent; a more urgent one goes before those that are less. */
  join(entry: Entry): void {
    let place = this.behind.length;
    while (place > 0 && rank((this.behind[place - 1] as Entry).priority) > rank(entry.priority)) place -= 1;
    this.behind.splice(place, 0, entry);
  }

  /** The next, which is the head from now on; undefined if none waits. */
  next(): Entry | undefined {
    const next = this.behind.shift();
    if (next) this.head = next;
    return next;
  }

  /** Lets those that wait go. */
  dissolve(): readonly Entry[] {
    return this.behind.splice(0);
  }
}

function rank(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}
