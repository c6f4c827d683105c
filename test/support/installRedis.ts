import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { which } from './which.ts';

interface Manager {
  readonly program: string;
  readonly asRoot: boolean;
  readonly install: readonly string[];
  /** What makes the install more likely to work; the install decides. */
  readonly refresh?: readonly string[];
}

const MANAGERS: readonly Manager[] = [
  {
    program: 'apt-get',
    asRoot: true,
    refresh: ['apt-get', 'update'],
    install: ['apt-get', '-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends', 'redis-server'],
  },
  { program: 'apk', asRoot: true, install: ['apk', 'add', '--no-cache', 'redis'] },
  { program: 'dnf', asRoot: true, install: ['dnf', 'install', '-y', 'redis'] },
  { program: 'pacman', asRoot: true, install: ['pacman', '-Sy', '--noconfirm', 'redis'] },
  { program: 'brew', asRoot: false, install: ['brew', 'install', 'redis'] },
];

// Debian's package starts a server on 6379, which no test asked for.
const SERVICE = 'redis-server';

async function run(command: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const [program = '', ...args] = command;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  try {
    const [code] = await once(child, 'close');
    return { ok: code === 0, output };
  } catch (error) {
    return { ok: false, output: String(error) };
  }
}

async function stopService(prefix: readonly string[]): Promise<void> {
  if (which('systemctl') !== undefined) await run([...prefix, 'systemctl', 'disable', '--now', SERVICE]);
  if (which('service') !== undefined) await run([...prefix, 'service', SERVICE, 'stop']);
}

/** Installs Redis with the system's package manager; resolves to why it could not, or to nothing. */
export async function installRedis(): Promise<string | undefined> {
  const manager = MANAGERS.find(({ program }) => which(program) !== undefined);
  if (manager === undefined) return 'this system has none of the package managers the tests know';
  const prefix = manager.asRoot && process.getuid?.() !== 0 ? ['sudo', '-n'] : [];
  console.log(`redis-server is not on PATH: installing it with ${manager.program}`);
  if (manager.refresh !== undefined) await run([...prefix, ...manager.refresh]);
  const install = [...prefix, ...manager.install];
  const { ok, output } = await run(install);
  if (!ok) return `"${install.join(' ')}" failed: ${output.trim().split('\n').slice(-3).join(' ')}`;
  if (manager.program === 'apt-get') await stopService(prefix);
  return undefined;
}
