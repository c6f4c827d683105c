import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [wanted, ...args] = process.argv.slice(2);

if (process.versions.node !== wanted) {
  console.error(`These tests are to run on Node ${wanted}, and this is Node ${process.versions.node}.`);
  process.exit(1);
}
console.log(`Node ${process.versions.node}`);
process.argv.splice(2, Number.POSITIVE_INFINITY, ...args);
await import(pathToFileURL(createRequire(import.meta.url).resolve('mocha/bin/mocha.js')).href);
