import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { CodeBlock } from './codeBlocks.ts';

/** What running a block, or compiling all of them, printed. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const COMPILE_MS = 60_000;
const RUN_MS = 20_000;

/**
 * A folder inside the repository where blocks are compiled, together with the source, and run.
 *
 * What is compiled makes a package of its own that is named as ours and has our entries, so `import 'sluice'` in a block
 * is this source; a script then starts several times as quickly as through tsx.
 */
export class Workshop {
  private readonly folder: string;
  private readonly out: string;
  private readonly over = new AbortController();
  private readonly pages = new Map<string, string>();

  constructor(private readonly root: string) {
    const base = join(root, '.doc-blocks');
    mkdirSync(base, { recursive: true });
    this.folder = mkdtempSync(join(base, 'run-'));
    this.out = join(this.folder, 'out');
  }

  add(block: CodeBlock, code = block.code): void {
    const file = `${nameOf(block)}.ts`;
    this.pages.set(file, block.page);
    writeFileSync(join(this.folder, file), `${code}\nexport {};\n`);
  }

  /** Compiles everything that was added; resolves with the compiler's complaints, those about blocks only, a line each. */
  async compile(): Promise<readonly string[]> {
    const options = {
      noEmit: false,
      rootDir: this.root,
      outDir: this.out,
      incremental: false,
      allowJs: false,
      checkJs: false,
    };
    const config = { extends: relative(this.folder, join(this.root, 'tsconfig.json')), compilerOptions: options };
    writeFileSync(join(this.folder, 'tsconfig.json'), JSON.stringify({ ...config, include: ['*.ts'] }));
    const tsc = join(this.root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await this.node([tsc, '-p', this.folder, '--pretty', 'false'], COMPILE_MS);
    this.pack();
    return stdout.split('\n').flatMap((line) => this.complaint(line) ?? []);
  }

  /** Runs a block that was compiled. */
  run(block: CodeBlock): Promise<Printed> {
    return this.node([join(this.out, relative(this.root, this.folder), `${nameOf(block)}.js`)], RUN_MS);
  }

  /** Ends what still runs; nothing more is started. */
  stop(): void {
    this.over.abort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the compiler says of a block, at its place in its page; undefined for anything else that it says. */
  private complaint(said: string): string | undefined {
    const [, file = '', line, column, what] = /^(.*?)\((\d+),(\d+)\): (.*)$/.exec(said) ?? [];
    const page = this.pages.get(relative(this.folder, join(this.root, file)));
    return page && `${page}:${line}:${column} ${what}`;
  }

  private pack(): void {
    const { name, type, exports } = JSON.parse(readFileSync(join(this.root, 'package.json'), 'utf8'));
    const entries = JSON.stringify({ name, type, exports }).replaceAll('./dist/', './src/');
    mkdirSync(this.out, { recursive: true });
    writeFileSync(join(this.out, 'package.json'), entries);
    for (const script of globSync('src/**/*.lua', { cwd: this.root })) {
      mkdirSync(dirname(join(this.out, script)), { recursive: true });
      cpSync(join(this.root, script), join(this.out, script));
    }
  }

  private node(args: readonly string[], timeout: number): Promise<Printed> {
    const { signal } = this.over;
    const env = { ...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: join(this.folder, 'cache') };
    return new Promise((resolve) => {
      execFile(process.execPath, [...args], { cwd: this.root, timeout, env, signal }, (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
        resolve({ code, stdout, stderr: error?.killed ? `${stderr}\nstill running after ${timeout} ms` : stderr });
      });
    });
  }
}

/** A block that begins with `// name.ts` goes by that name, so that others can import it. */
function nameOf({ page, line, code }: CodeBlock): string {
  return /^\n*\/\/ (\w+)\.ts\n/.exec(code)?.[1] ?? `${page.replaceAll('/', '__')}@${line}`;
}
