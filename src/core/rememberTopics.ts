import { MAX_TOPIC_LENGTH } from './maxTopicLength.ts';

/** How many topics make a generation. */
const GENERATION = 10_000;

/**
 * Remembers what a function said of the topics seen lately: asking costs more than looking up.
 *
 * There are two generations. What is new comes to the younger; once that is full, it becomes the elder, and the elder
 * before it is forgotten. What is asked of again comes from the elder to the younger. So 10,000 topics that are asked of
 * again and again all stay, whatever else comes, and of a flood of others each costs its own asking and no more.
 *
 * Memory: at most 20,000 topics, none longer than a topic can be. A throw is not remembered.
 */
export function rememberTopics<T extends NonNullable<unknown>>(ask: (topic: string) => T): (topic: string) => T {
  let younger = new Map<string, T>();
  let elder = new Map<string, T>();
  const remember = (topic: string, answer: T): T => {
    if (younger.size >= GENERATION) {
      elder = younger;
      younger = new Map();
    }
    younger.set(topic, answer);
    return answer;
  };
  return (topic) => {
    const known = younger.get(topic);
    if (known !== undefined) return known;
    const older = elder.get(topic);
    if (older !== undefined) return remember(topic, older);
    const answer = ask(topic);
    return topic.length > MAX_TOPIC_LENGTH ? answer : remember(topic, answer);
  };
}
