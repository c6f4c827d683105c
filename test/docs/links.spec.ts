import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })].sort();

/** Text outside code: a link in a block is an example. */
function prose(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): ReadonlySet<string> {
  const headings = prose(page).matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, text = '']) => anchor(text)));
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** Where the links of a page inside the repository lead: as written, the file from the root, the heading. */
function linksOf(page: string): readonly { readonly to: string; readonly target: string; readonly heading: string }[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to = '']) => {
    if (/^[a-z]+:/.test(to)) return [];
    const [path = '', heading = ''] = to.split('#');
    return [{ to, target: path === '' ? page : join(dirname(page), path), heading }];
  });
}

describe('links of the documentation', () => {
  for (const page of PAGES) {
    it(`lead somewhere: ${page}`, () => {
      for (const { to, target, heading } of linksOf(page)) {
        expect(existsSync(join(root, target)), `${to} leads nowhere`).equal(true);
        if (heading) expect([...anchors(target)], `${to} has no such heading`).contain(heading);
      }
    });
  }

  it('reach every page below docs', () => {
    const linked = new Set(PAGES.flatMap((page) => linksOf(page).map(({ target }) => target)));
    expect(PAGES.filter((page) => page.startsWith('docs/') && !linked.has(page))).deep.equal([]);
  });
});
