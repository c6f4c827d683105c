/** More than anyone reads; and what quotes a request, a name in it or an answer of elsewhere may be as long as that is. */
const LONGEST = 4_000;

/** The beginning of a text that is too long to be told. */
export function shortened(text: string, most = LONGEST): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
