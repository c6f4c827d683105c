import { InvalidTopicError } from './errors.ts';
import { MAX_TOPIC_LENGTH } from './maxTopicLength.ts';
import { rememberTopics } from './rememberTopics.ts';

export { MAX_TOPIC_LENGTH };

const WILDCARD = /[*?[\]{}()!\\]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const BLANK = /[\s\u0000-\u001f\u007f]/;

/**
 * Returns the topic if it can be published to.
 *
 * A topic is 1 to 512 characters without white space, control characters or anything that is special in a pattern
 * (`* ? [ ] { } ( ) ! \`), and its dotted parts are not empty.
 *
 * @throws {InvalidTopicError} saying what is wrong
 */
export function checkTopic(topic: string): string {
  return checked(topic);
}

const checked = rememberTopics((topic) => {
  const why = fault(topic);
  if (why) throw new InvalidTopicError(topic, why);
  return topic;
});

function fault(topic: unknown): string | undefined {
  if (typeof topic !== 'string') return 'is not a string: a topic is a dotted name such as trading.orders.new';
  if (topic === '') return 'is empty: a topic is a dotted name such as trading.orders.new';
  if (topic.length > MAX_TOPIC_LENGTH) return `has ${topic.length} characters: at most ${MAX_TOPIC_LENGTH} are taken`;
  if (WILDCARD.test(topic)) return 'has a wildcard or bracket: publish to one topic; patterns are for reading';
  if (BLANK.test(topic)) return 'has white space or a control character';
  if (topic.startsWith('.') || topic.endsWith('.') || topic.includes('..')) return 'has an empty part between its dots';
  return undefined;
}
