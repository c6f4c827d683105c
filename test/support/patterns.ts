import fc from 'fast-check';

const letters = fc.stringMatching(/^[abc./@,]{1,2}$/);
const wildcards = fc.constantFrom('*', '?', '**', '*?', '??');
const classes = fc.constantFrom(
  '[ab]',
  '[!a]',
  '[^a.]',
  '[a-b]',
  '[[:alpha:]]',
  '[0-9]',
  '[/.]',
  '[a|b]',
  '[*?]',
  '[(]',
);
const escapes = fc.constantFrom('\\*', '\\.', '\\[', '\\!', '\\?', '\\{', '\\(');

/**
 * Patterns of every kind that is taken, nested, some of them refused: a range by chance, what can't be compiled.
 * `repeats` adds `+(…)` and `*(…)` without bound, which send a backtracking matcher into the woods.
 */
export function patternOf({ repeats }: { readonly repeats: boolean }): fc.Arbitrary<string> {
  const kinds = repeats ? ['!', '@', '?', '', '+', '*'] : ['!', '@', '?', ''];
  return fc.letrec<{ glob: string; piece: string }>((tie) => {
    const options = fc.array(
      fc.oneof({ weight: 4, arbitrary: tie('glob') }, { weight: 1, arbitrary: fc.constant('') }),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    return {
      glob: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
      piece: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        { weight: 5, arbitrary: letters },
        { weight: 3, arbitrary: wildcards },
        { weight: 1, arbitrary: classes },
        { weight: 1, arbitrary: escapes },
        { weight: 2, arbitrary: options.map((each) => `{${each.join(',')}}`) },
        {
          weight: 3,
          arbitrary: fc.tuple(fc.constantFrom(...kinds), options).map(([kind, each]) => `${kind}(${each.join('|')})`),
        },
        { weight: 1, arbitrary: repeats ? letters : letters.map((each) => `${each}+(a|b.)`) },
      ),
    };
  }).glob;
}

/** Topics of the same few letters, so that patterns match often. */
export const topicOf: fc.Arbitrary<string> = fc
  .array(fc.stringMatching(/^[abc/@,]{1,2}$/), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('.'));
