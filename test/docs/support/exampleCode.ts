import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as rxjs from 'rxjs';
import * as sluice from 'sluice';
import * as datagov from 'sluice/adapters/datagov';
import * as dbnomics from 'sluice/adapters/dbnomics';
import * as analytics from 'sluice/analytics';
import * as services from 'sluice/services';
import * as testing from 'sluice/testing';
import type { CodeBlock } from './codeBlocks.ts';

const NAMES = 'test/docs/support/exampleNames.ts';
const GIVEN = /^export (interface|const|declare const|declare function) (\w+)/gm;
const DECLARED = /^(?:await using|const) \[?([\w, ]+)\]? =/gm;

const MODULES: Readonly<Record<string, readonly string[]>> = {
  sluice: Object.keys(sluice),
  'sluice/analytics': Object.keys(analytics),
  'sluice/services': Object.keys(services),
  'sluice/testing': Object.keys(testing),
  'sluice/adapters/datagov': Object.keys(datagov),
  'sluice/adapters/dbnomics': Object.keys(dbnomics),
  rxjs: Object.keys(rxjs),
  zod: ['z'],
  'ts-pattern': ['P'],
};

/** An example's code behind the imports that its reader would write: first what they have, then what the modules give. */
export function exampleCode({ code }: CodeBlock, root: string): string {
  const names = [...readFileSync(join(root, NAMES), 'utf8').matchAll(GIVEN)];
  const given = names.map(([, kind, name = '']) => (kind === 'interface' ? `type ${name}` : name));
  const unknown = new Set(code.match(/(?<![.\w'"`])[A-Za-z_]\w*/g));
  for (const [, own = ''] of code.matchAll(DECLARED)) for (const name of own.split(', ')) unknown.delete(name);
  const imports = Object.entries({ [`../../${NAMES}`]: given, ...MODULES }).flatMap(([module, exported]) => {
    const used = exported.filter((name) => unknown.delete(name.replace('type ', '')));
    return used.length === 0 ? [] : [`import { ${used.join(', ')} } from '${module}';`];
  });
  // In the place of the first empty line: the numbers of the lines stay those of the page.
  return code.replace(/^\n/, () => `${imports.join(' ')}\n`);
}
