import type { Attendance, Attendee, PartitionCounts } from '../../core/store.ts';
import { attendanceKeys, partitionsKey } from './keys.ts';
import type { Server } from './server.ts';

/** Keeps an attendee in the list. Emits the list, in order of name. */
export async function attend(server: Server, attendance: Attendance, leaseMs: number): Promise<readonly Attendee[]> {
  const { stream, attendee } = attendance;
  const args = [attendee.name, leaseMs, attendee.owns.join()];
  const flat = await server.script<readonly Buffer[]>(stream, 'attend', keysOf(server, attendance), args);
  const attendees: Attendee[] = [];
  for (let i = 0; i < flat.length; i += 2)
    attendees.push({ name: String(flat[i]), owns: numbers(String(flat[i + 1])) });
  return attendees.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Takes an attendee out of the list. */
export async function depart(server: Server, attendance: Attendance): Promise<void> {
  await server.script(attendance.stream, 'depart', keysOf(server, attendance), [attendance.attendee.name]);
}

/** Binds streams to their numbers of partitions. Emits what each is bound to. */
export async function bind(server: Server, partitions: PartitionCounts): Promise<PartitionCounts> {
  const streams = Object.keys(partitions);
  const args = Object.entries(partitions).flat();
  const bound = await server.script<readonly number[]>('', 'bind', [partitionsKey(server.settings.namespace)], args);
  return Object.fromEntries(streams.map((stream, i) => [stream, bound[i] as number]));
}

/** What every stream is bound to. */
export async function bindings(server: Server): Promise<PartitionCounts> {
  const flat = await server.call<readonly Buffer[]>('', 'HGETALL', partitionsKey(server.settings.namespace));
  const bound: Record<string, number> = {};
  for (let i = 0; i < flat.length; i += 2) bound[String(flat[i])] = Number(flat[i + 1]);
  return bound;
}

function keysOf({ settings }: Server, { stream, group }: Attendance): readonly string[] {
  const { attending, owns } = attendanceKeys(settings.namespace, stream, group);
  return [attending, owns];
}

function numbers(text: string): readonly number[] {
  return text === '' ? [] : text.split(',').map(Number);
}
