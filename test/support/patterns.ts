import fc from 'fast-check';

const letters = fc.stringMatching(/^[abc./@,]{1,2}$/);
const wildcards = fc.constantFrom('*', '?', '**', '*?', '??');
const classes = fc.constantFrom('[ab]', '[!a]', '[^a.]', '[a-b]', '[0-9]', '[/.]', '[a|b]', '[*?]', '[(]', '["]');
const escapes = fc.constantFrom('\\*', '\\.', '\\[', '\\!', '\\?', '\\{', '\\(');

/**
 * Patterns of every kind that is taken, nested; some are refused: a range by chance, what can't be compiled.
 * `repeats` adds `+(…)` and `*(…)` of anything, which send a matcher that backtracks into the woods.
 */
export function patternOf({ repeats }: { readonly repeats: boolean }): fc.Arbitrary<string> {
  // A letter before plain brackets, lest a star before them makes them repeat.
  const kinds = repeats ? ['!', '@', '?', '', '+', '*', '+', '*'] : ['!', '@', '?', 'a'];
  return fc.letrec<{ glob: string; piece: string }>((tie) => {
    const option = fc.oneof({ weight: 4, arbitrary: tie('glob') }, { weight: 1, arbitrary: fc.constant('') });
    const options = fc.array(option, { minLength: 1, maxLength: 3 });
    const braces = options.map((each) => `{${each.join(',')}}`);
    const group = fc.tuple(fc.constantFrom(...kinds), options).map(([kind, each]) => `${kind}(${each.join('|')})`);
    const repeated = fc.constantFrom('+(a|b.)', '*(b|c)', '+([ab])', '*(a.b)');
    return {
      glob: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
      piece: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        { weight: 5, arbitrary: letters },
        { weight: 3, arbitrary: wildcards },
        { weight: 1, arbitrary: classes },
        { weight: 1, arbitrary: escapes },
        { weight: 1, arbitrary: repeated },
        { weight: 2, arbitrary: braces },
        { weight: 3, arbitrary: group },
      ),
    };
  }).glob;
}

/** Topics of the same few letters, so that patterns match often. */
export const topicOf: fc.Arbitrary<string> = fc
  .array(fc.stringMatching(/^[abc/@,]{1,2}$/), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('.'));
