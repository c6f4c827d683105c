import { expect } from 'chai';
import { handle, handleInThreads, pipeline, stage, threadHealth } from '../../src/index.ts';
import { moduleUrl } from '../operators/threads/support.ts';
import { eventually } from '../support/eventually.ts';
import { lettersOf } from '../support/letters.ts';
import { onEachStore } from '../support/onEachStore.ts';

const FAULTS = moduleUrl('faults.ts');

describe('handlers in threads, over a bus', () => {
  onEachStore((world) => {
    it('make a dead letter of what ends its thread each time, and of nothing else', async () => {
      const bus = await world.connect();
      const policy = { attempts: 3, backoff: { initialMs: 1, maxMs: 5 } };
      await using running = pipeline(
        'words',
        bus.from('words.*', { group: 'words', ...policy }),
        stage('touchy', handleInThreads(FAULTS, { threads: 2, notify: () => undefined })),
      ).run();
      const words = ['a', 'b', 'exit', 'c', 'd', 'permanent', 'e', 'f'];
      await bus.publishMany(words.map((data) => ({ topic: 'words.new', data })));
      await eventually(() => running.counts.settled.ack === 6 && running.counts.settled.reject === 2, {
        withinMs: 15_000,
      });

      const letters = [...(await lettersOf(bus))].sort((one, other) => one.attempts - other.attempts);
      expect(letters).deep.equal([
        { topic: 'words.new', data: 'permanent', error: 'PermanentError', attempts: 1, stage: 'touchy' },
        { topic: 'words.new', data: 'exit', error: 'ThreadDiedError', attempts: 3, stage: 'touchy' },
      ]);
      expect(running.counts.settled).includes({ retry: 2, release: 0 });
      await eventually(() => expect(threadHealth()[0]).includes({ alive: 2, replaced: 3 }));
    });

    it('are ended in the middle of it at the deadline of stop(), and the message goes to the next', async () => {
      const bus = await world.connect();
      const words = bus.from('words.*', { group: 'words' });
      const inThreads = pipeline('words', words, stage('endless', handleInThreads(FAULTS, { threads: 1 })));
      const running = inThreads.run({ notify: () => undefined });
      await bus.publish('words.new', 'endless');
      await eventually(() => threadHealth()[0]?.busy === 1);
      const { drained, left } = await running.stop({ deadlineMs: 20 });
      expect(drained).equal(false);
      expect(left).deep.include({ stage: 'endless', count: 1, oldestMs: left[0]?.oldestMs });
      expect(threadHealth()).deep.equal([]);

      const seen: unknown[] = [];
      const see = handle((data, { attempt }) => void seen.push([data, attempt]));
      await using second = pipeline('words', words, stage('see', see)).run();
      await eventually(() => second.counts.settled.ack === 1);
      expect(seen).deep.equal([['endless', 1]]);
    });
  });
});
