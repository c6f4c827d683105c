import { map, type Observable } from 'rxjs';
import { packRecords } from '../../core/recordBatch.ts';
import type { AppendedRef, Durability, StoreRecord, StreamStore, Turn } from '../../core/store.ts';
import type { RecordForm } from '../recordForms.ts';
import type { Parcel } from './parcel.ts';

/** The most bytes of one entry, unless a single message has more: whoever retries one message is sent them all. */
const MOST_BYTES = 256 * 1024;

type Append = (stream: string, parcels: readonly Parcel[], turn?: Turn) => Observable<readonly AppendedRef[]>;

/** Appends each parcel as an entry of its own. */
export function plainAppend(store: StreamStore, durability?: Durability): Append {
  return (stream, parcels, turn) => store.append(stream, parcels, turn, durability);
}

/**
 * Appends parcels packed into record batches, each as large as they allow; the refs are those of the messages. A parcel
 * that is alone stays an entry of its own, unless it is smaller compressed; one with a key, or an id, always is.
 */
export function packedAppend(store: StreamStore, form: Required<RecordForm>, durability?: Durability): Append {
  return (stream, parcels, turn) => {
    const records = grouped(parcels, form.messagesPerEntry).map((group) => packed(group, form));
    return store.append(stream, records, turn, durability).pipe(map((refs) => refsOf(records, refs)));
  };
}

/**
 * Even groups: of 500 parcels by 200 at most, three of 167. What has a key is alone: its order is kept by entries; and what
 * is to be kept once: the store keeps an entry or doesn't.
 */
function grouped(parcels: readonly Parcel[], most: number): readonly (readonly Parcel[])[] {
  const size = Math.ceil(parcels.length / Math.ceil(parcels.length / most));
  const groups: Parcel[][] = [];
  let last: Parcel[] = [];
  let bytes = 0;
  for (const parcel of parcels) {
    bytes += parcel.bytes;
    const alone = staysAlone(parcel);
    if (alone || last.length === size || last.length === 0 || bytes > MOST_BYTES) {
      last = [];
      groups.push(last);
      bytes = parcel.bytes;
    }
    last.push(parcel);
    if (alone) last = [];
  }
  return groups;
}

/** Whether it is to be kept once, or has a key; a header that looks like one does no harm. */
function staysAlone({ meta, once }: Parcel): boolean {
  return once !== undefined || (meta !== '' && meta.includes('"key":'));
}

function packed(group: readonly Parcel[], { compression }: Required<RecordForm>): StoreRecord {
  const [only] = group;
  if (only === undefined || group.length > 1) return packRecords(group, compression);
  if (compression === 'none' || staysAlone(only)) return only;
  const record = packRecords(group, compression);
  return record.payload.length < only.payload.length ? record : only;
}

function refsOf(records: readonly StoreRecord[], entries: readonly AppendedRef[]): readonly AppendedRef[] {
  const refs: AppendedRef[] = [];
  for (const [i, ref] of entries.entries()) {
    const { priority, id } = ref;
    const count = records[i]?.count;
    if (count === undefined) refs.push(ref);
    else for (let index = 0; index < count; index += 1) refs.push({ priority, id: `${id}#${index}` });
  }
  return refs;
}
