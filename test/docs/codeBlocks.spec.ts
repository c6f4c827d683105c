import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { type CodeBlock, codeBlocks } from './support/codeBlocks.ts';
import { exampleCode } from './support/exampleCode.ts';
import { examples } from './support/examples.ts';
import { inTurns } from './support/inTurns.ts';
import { type Printed, Workshop } from './support/workshop.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = ['README.md', ...globSync('docs/{guide,reference}/*.md', { cwd: root }).sort()];
/** What a block writes where a reader has a server; each gets a database of its own on ours. */
const SERVER = 'redis://localhost:6379';
/** What a Redis server has unless told otherwise. */
const DATABASES = 16;

/** What a block says it prints: the comments behind `console.log(…);`. */
function promised({ code }: CodeBlock): readonly string[] {
  return [...code.matchAll(/console\.log\(.* \/\/ (.+)$/gm)].map(([, text = '']) => text);
}

describe('the documentation', () => {
  const blocks = PAGES.flatMap((page) => codeBlocks(root, page));
  const snippets = examples(root);
  const runs = new Map<CodeBlock, Promise<Printed>>();
  const workshop = new Workshop(root);
  let server: RedisServer;
  let complaints: readonly string[];

  before('compile every block, and start those that run', async function () {
    this.timeout(120_000);
    server = await startRedis();
    for (const [i, block] of blocks.entries()) {
      workshop.add(block, block.code.replaceAll(SERVER, `${server.url}/${i % DATABASES}`));
    }
    for (const example of snippets) workshop.add(example, exampleCode(example, root));
    complaints = await workshop.compile();
    const turns = inTurns(Math.min(4, availableParallelism()));
    for (const block of blocks)
      if (block.runs)
        runs.set(
          block,
          turns(() => workshop.run(block)),
        );
  });

  after(async () => {
    workshop.stop();
    await Promise.allSettled(runs.values());
    workshop.remove();
    await server?.stop();
  });

  it('has blocks and examples that compile under the settings of the project', () => {
    expect(blocks).not.empty;
    expect(snippets).not.empty;
    expect(complaints.join('\n')).equal('');
  });

  for (const block of blocks.filter(({ runs }) => runs)) {
    it(`runs ${block.page}:${block.line}`, async function () {
      this.timeout(60_000);
      const { code, stdout, stderr } = (await runs.get(block)) as Printed;
      expect(code, `${stdout}\n${stderr}`).equal(0);
      for (const line of promised(block)) expect(stdout.split('\n')).contain(line);
    });
  }
});
