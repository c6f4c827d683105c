import { expect } from 'chai';
import { firstValueFrom, of } from 'rxjs';
import { packedAppend } from '../../../src/bus/publishing/packedAppend.ts';
import type { Parcel } from '../../../src/bus/publishing/parcel.ts';
import { DEFAULT_FORM, type RecordForm } from '../../../src/bus/recordForms.ts';
import type { EntryRef, StoreRecord, StreamStore } from '../../../src/core/store.ts';

function parcelOf(payload: string | Uint8Array, bytes = payload.length): Parcel {
  const record = { priority: 'normal', topic: 'a.b', payload, type: '', encoding: 'json', meta: '' } as const;
  return { ...record, bytes, at: 0, id: undefined, due: undefined, span: undefined, confirm: () => undefined };
}

function parcels(count: number, bytes?: number): Parcel[] {
  return Array.from({ length: count }, (_, i) => parcelOf(`${i}`, bytes));
}

/** What reaches the store, and the ids of the messages. */
async function appended(sent: readonly Parcel[], form: RecordForm = {}) {
  const records: StoreRecord[] = [];
  const append = (_: string, batch: readonly StoreRecord[]) => {
    records.push(...batch);
    return of(batch.map(({ priority }, i): EntryRef => ({ priority, id: `${i}-0` })));
  };
  const store = { append } as unknown as StreamStore;
  const refs = await firstValueFrom(packedAppend(store, { ...DEFAULT_FORM, ...form })('main.0', sent));
  return { counts: records.map(({ count }) => count), records, ids: refs.map(({ id }) => id) };
}

describe('packedAppend', () => {
  it('packs as few entries as there may be, each as large as the others', async () => {
    expect((await appended(parcels(500), { messagesPerEntry: 200 })).counts).to.deep.equal([167, 167, 166]);
    expect((await appended(parcels(500))).counts).to.deep.equal([250, 250]);
    expect((await appended(parcels(7), { messagesPerEntry: 3 })).counts).to.deep.equal([3, 3, undefined]);
  });

  it('says where each message is, in order', async () => {
    const { ids } = await appended(parcels(5), { messagesPerEntry: 2 });
    expect(ids).to.deep.equal(['0-0#0', '0-0#1', '1-0#0', '1-0#1', '2-0']);
  });

  it('begins another entry at 256 KiB; a larger message is alone', async () => {
    const kib = 1024;
    expect((await appended(parcels(6, 100 * kib))).counts).to.deep.equal([2, 2, 2]);
    const large = [...parcels(2, 10), parcelOf('"large"', 300 * kib), ...parcels(2, 10)];
    expect((await appended(large)).counts).to.deep.equal([2, undefined, 2]);
  });

  it('leaves what has a key as it is, and in its place', async () => {
    const keyed = { ...parcelOf('"keyed"'), meta: '{"key":"k"}' };
    const traced = { ...parcelOf('1'), meta: '{"headers":{"a":"b"}}' };
    const { counts, records } = await appended([traced, traced, keyed, keyed, ...parcels(2)], { compression: 'zstd' });
    expect(counts).to.deep.equal([2, undefined, undefined, 2]);
    expect(records[1]).to.equal(keyed);
  });

  it('leaves a message that is alone as it is, unless it is smaller compressed', async () => {
    const [one] = parcels(1) as [Parcel];
    expect((await appended([one])).records).to.deep.equal([one]);
    expect((await appended([one], { compression: 'zstd' })).records).to.deep.equal([one]);
    const wordy = parcelOf(JSON.stringify('the same again, '.repeat(1_000)));
    const { records, ids } = await appended([wordy], { compression: 'zstd' });
    expect(records[0]).to.include({ encoding: 'sluice-batch+zstd', count: 1 });
    expect(ids).to.deep.equal(['0-0#0']);
  });
});
