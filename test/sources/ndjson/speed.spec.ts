import { Readable } from 'node:stream';
import { expect } from 'chai';
import { VirtualTimeScheduler } from 'rxjs';
import type { Delivery } from '../../../src/core/delivery.ts';
import { type FromNdjsonOptions, fromNdjson } from '../../../src/sources/fromNdjson.ts';
import { eventually } from '../../support/eventually.ts';

interface Tick {
  readonly at: number;
  readonly v: string;
}

/** Plays lines in virtual time; gives `value@frame` for each. */
async function played(lines: readonly unknown[], options: FromNdjsonOptions<Tick>): Promise<string[]> {
  const scheduler = new VirtualTimeScheduler();
  const got: string[] = [];
  let done = false;
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  fromNdjson<Tick>(Readable.from([text]), { ...options, scheduler }).subscribe({
    next: (delivery: Delivery<Tick>) => {
      got.push(`${delivery.data.v}@${scheduler.frame}`);
      delivery.ack();
    },
    complete: () => {
      done = true;
    },
  });
  await eventually(() => {
    scheduler.flush();
    return done;
  });
  return got;
}

const at = (time: number, v: string) => ({ at: 1_000_000 + time, v });

describe('fromNdjson at a speed', () => {
  const lines = [at(0, 'a'), at(2_000, 'b'), at(2_000, 'c'), at(3_000, 'd')];

  it('plays as recorded at speed 1', async () => {
    expect(await played(lines, { speed: 1, time: 'at' })).to.deep.equal(['a@0', 'b@2000', 'c@2000', 'd@3000']);
  });

  it('plays faster and slower', async () => {
    const time = (tick: Tick) => tick.at;
    expect(await played(lines, { speed: 10, time })).to.deep.equal(['a@0', 'b@200', 'c@200', 'd@300']);
    expect(await played(lines, { speed: 0.5, time })).to.deep.equal(['a@0', 'b@4000', 'c@4000', 'd@6000']);
  });

  it('plays at once with infinite speed; the recorded time is the message’s all the same', async () => {
    expect(await played(lines, { time: 'at' })).to.deep.equal(['a@0', 'b@0', 'c@0', 'd@0']);
    const times: number[] = [];
    await new Promise<void>((complete) => {
      fromNdjson<Tick>(Readable.from([JSON.stringify(at(5, 'a'))]), { time: 'at' }).subscribe({
        next: (delivery) => {
          times.push(delivery.message.time);
          delivery.ack();
        },
        complete,
      });
    });
    expect(times).to.deep.equal([1_000_005]);
  });

  it('reads ISO 8601 texts', async () => {
    const recorded = [
      { on: '2024-01-01T00:00:00Z', v: 'a' },
      { on: '2024-01-01T00:01:00Z', v: 'b' },
    ];
    expect(await played(recorded, { speed: 1, time: 'on' })).to.deep.equal(['a@0', 'b@60000']);
  });

  it('gives out at once what is earlier than the line before it', async () => {
    const jumbled = [at(0, 'a'), at(2_000, 'b'), at(1_000, 'c'), at(3_000, 'd')];
    expect(await played(jumbled, { speed: 1, time: 'at' })).to.deep.equal(['a@0', 'b@2000', 'c@2000', 'd@3000']);
  });

  it('waits longer than a timer can', async () => {
    const years = 3_000_000_000;
    expect(await played([at(0, 'a'), at(years, 'b')], { speed: 1, time: 'at' })).to.deep.equal(['a@0', `b@${years}`]);
  });

  it('rejects a line without its time, and goes on', async () => {
    const rejected: string[] = [];
    const onReject = (_: unknown, error: Error) => void rejected.push(error.message);
    const odd = [at(0, 'a'), { v: 'b' }, { at: null, v: 'c' }, 5, at(1_000, 'd')];
    expect(await played(odd, { speed: 1, time: 'at', onReject })).to.deep.equal(['a@0', 'd@1000']);
    expect(rejected).to.deep.equal([
      "ndjson:2 has no time: field 'at' is undefined",
      "ndjson:3 has no time: field 'at' is null",
      "ndjson:4 has no time: field 'at' is undefined",
    ]);
  });

  it('catches up when credit made it late', async () => {
    const scheduler = new VirtualTimeScheduler();
    const got: string[] = [];
    let done = false;
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    fromNdjson<Tick>(Readable.from([text]), { speed: 1, time: 'at', credit: 1, scheduler }).subscribe({
      next: (delivery) => {
        got.push(`${delivery.data.v}@${scheduler.frame}`);
        scheduler.schedule(() => delivery.ack(), delivery.data.v === 'a' ? 2_500 : 0);
      },
      complete: () => {
        done = true;
      },
    });
    await eventually(() => {
      scheduler.flush();
      return done;
    });
    expect(got).to.deep.equal(['a@0', 'b@2500', 'c@2500', 'd@3000']);
  });

  it('waits no longer when unsubscribed', async () => {
    const scheduler = new VirtualTimeScheduler();
    const got: string[] = [];
    const input = Readable.from([`${JSON.stringify(lines[0])}\n${JSON.stringify(lines[1])}\n`]);
    const subscription = fromNdjson<Tick>(input, { speed: 1, time: 'at', scheduler }).subscribe((delivery) => {
      got.push(delivery.data.v);
    });
    await eventually(() => got.length === 1);
    subscription.unsubscribe();
    scheduler.flush();
    expect(got).to.deep.equal(['a']);
    expect(scheduler.frame).to.equal(0);
  });
});
