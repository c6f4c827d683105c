import type { Attendance, Attendee } from '../../core/store.ts';

interface Leased {
  readonly attendee: Attendee;
  readonly leaseEndMs: number;
}

/** Who shares out the partitions of which stream, for which group. */
export class AttendanceLists {
  private readonly lists = new Map<string, Map<string, Leased>>();

  /** Keeps an attendee in its list, and drops those whose lease has run out. Returns the list, in order of name. */
  attend(attendance: Attendance, leaseMs: number, nowMs: number): readonly Attendee[] {
    const { attendee } = attendance;
    const list = this.lists.get(keyOf(attendance)) ?? new Map<string, Leased>();
    this.lists.set(keyOf(attendance), list);
    list.set(attendee.name, { attendee, leaseEndMs: nowMs + leaseMs });
    for (const [name, { leaseEndMs }] of list) if (leaseEndMs < nowMs) list.delete(name);
    return [...list.values()].map((leased) => leased.attendee).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  depart(attendance: Attendance): void {
    const key = keyOf(attendance);
    const list = this.lists.get(key);
    list?.delete(attendance.attendee.name);
    if (list?.size === 0) this.lists.delete(key);
  }
}

function keyOf({ stream, group }: Attendance): string {
  return JSON.stringify([stream, group]);
}
