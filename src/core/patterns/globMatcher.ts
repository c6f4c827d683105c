/** Tells whether a topic matches. */
export type TopicMatcher = (topic: string) => boolean;

/**
 * Matches a glob of letters, `*` and `?` alone, without an expression and without going back over a `*`: what stands
 * between two of them is searched for once, from left to right. At most length of the topic × length of the glob steps.
 */
export function globMatcher(glob: string): TopicMatcher {
  const parts = glob.split(/\*+/).map((text) => new Part(text));
  const head = parts.shift() as Part;
  const tail = parts.pop();
  if (!tail) return (topic) => topic.length === head.length && head.standsAt(topic, 0);
  const least = parts.reduce((sum, part) => sum + part.length, head.length + tail.length);
  return (topic) => {
    if (topic.length < least || !head.standsAt(topic, 0)) return false;
    const end = topic.length - tail.length;
    return tail.standsAt(topic, end) && inOrder(parts, topic, head.length, end);
  };
}

function inOrder(parts: readonly Part[], topic: string, from: number, end: number): boolean {
  let at = from;
  for (const part of parts) {
    const found = part.find(topic, at, end);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/** What stands between two stars: letters and `?`. */
class Part {
  readonly length: number;
  private readonly plain: boolean;

  constructor(private readonly text: string) {
    this.length = text.length;
    this.plain = !text.includes('?');
  }

  standsAt(topic: string, at: number): boolean {
    if (this.plain) return topic.startsWith(this.text, at);
    for (let i = 0; i < this.length; i += 1) {
      if (this.text[i] !== '?' && this.text[i] !== topic[at + i]) return false;
    }
    return true;
  }

  /** Where it stands first, or -1. */
  find(topic: string, from: number, end: number): number {
    const last = end - this.length;
    if (this.plain) {
      const found = topic.indexOf(this.text, from);
      return found <= last ? found : -1;
    }
    for (let at = from; at <= last; at += 1) if (this.standsAt(topic, at)) return at;
    return -1;
  }
}
