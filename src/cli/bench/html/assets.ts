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
    plotScript: readFileSync(resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    plotStyles: readFileSync(resolve('uplot/dist/uPlot.min.css'), 'utf8'),
    pageScript: readFileSync(new URL('page.js', import.meta.url), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, ''),
  };
}
