/** All but letters, digits, `_`, `:` and `-`: what a pattern reads as special, white space, and the dot, which parts a topic. */
const UNSAFE = /[^\p{L}\p{N}_:-]/gu;

/** Text as one part of a topic, with `_` for each character that a topic can't hold. */
export function topicPart(text: string): string {
  return text.replace(UNSAFE, '_');
}
