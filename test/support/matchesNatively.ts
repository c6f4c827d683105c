import { createContext, Script } from 'node:vm';

const within = createContext({ text: '', topics: [] as readonly string[] });
const script = new Script('topics.map((topic) => new RegExp(text).test(topic))');

/** What JavaScript's own regular expression says of each topic; undefined if it takes longer: some run away. */
export function matchesNatively(
  text: string,
  topics: readonly string[],
  withinMs = 200,
): readonly boolean[] | undefined {
  Object.assign(within, { text, topics });
  try {
    return Array.from(script.runInContext(within, { timeout: withinMs }) as boolean[]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
