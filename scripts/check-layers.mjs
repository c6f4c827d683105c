import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// dependency-cruiser parses with the JavaScript API of `typescript`, which TypeScript 7 does not have.
registerHooks({
  resolve: (specifier, context, next) => next(specifier.replace(/^typescript(?=$|\/)/, 'typescript-api'), context),
});

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
process.argv.splice(2, process.argv.length, 'src', '--config', '.dependency-cruiser.mjs');
await import(new URL('../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', import.meta.url).href);
