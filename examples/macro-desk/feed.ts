import { type Bus, fromObservable, type Pipeline, pipeline, stage } from 'sluice';
import { inTurns } from './inTurns.ts';
import { now } from './now.ts';
import type { RawObservation } from './observationsOf.ts';
import { topicOf } from './topicOf.ts';

/** Publishes every observation under the topic of its dataset; it ends by itself. */
export function feed(bus: Bus, observations: Iterable<RawObservation>): Pipeline {
  return pipeline(
    'feed',
    fromObservable(inTurns(observations), { name: 'observations', topic: topicOf, key: ({ series }) => series }),
    stage(
      'publish',
      bus.to(
        ({ message }) => message.topic,
        () => ({ time: now() }),
      ),
    ),
  );
}
