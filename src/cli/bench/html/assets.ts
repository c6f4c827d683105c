import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** What the page needs to draw, as text that can stand in it. */
export interface Assets {
  readonly plotScript: string;
  readonly plotStyles: string;
  readonly pageScript: string;
}

export function assets(): Assets {
  return {
    plotScript: `/*!\n${read('uplot/LICENSE')}*/\n${read('uplot/dist/uPlot.iife.min.js')}`,
    plotStyles: read('uplot/dist/uPlot.min.css'),
    pageScript: readFileSync(new URL('page.js', import.meta.url), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, ''),
  };
}

/** A file of a package. */
function read(file: string): string {
  return readFileSync(resolve(file), 'utf8');
}
