import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as sluice from 'sluice';
import { development, ENVIRONMENT, highFrequency, production, resolveConfig } from 'sluice';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (page: string) => readFileSync(join(root, page), 'utf8');

describe('the reference', () => {
  const errors = read('docs/reference/errors.md');
  const redis = read('docs/guide/running-on-redis.md');

  for (const name of Object.keys(sluice).filter((name) => name.endsWith('Error') && name !== 'SluiceError')) {
    it(`tells of ${name}`, () => expect(errors).contain(`\n| \`${name}\` |`));
  }

  it('tells of every code that an error of the source has', () => {
    const source = globSync('src/**/*.ts', { cwd: root }).map(read).join('\n');
    const made = /(?:super|new (?:Sluice|Permanent|Store|Endpoint)Error)\(\s*(?:[^;]*?,\s*)?'([A-Z][A-Z_]+)'/g;
    const codes = new Set([...source.matchAll(made)].map(([, code]) => code));
    expect(codes.size).greaterThan(25);
    for (const code of codes) expect(errors).contain(`| \`${code}\` |`);
  });

  it('tells of every code that a notice of the source has', () => {
    const source = globSync('src/**/*.ts', { cwd: root }).map(read).join('\n');
    const notices = read('docs/reference/notices.md');
    const literal = /level: [^{}]*?code: '([A-Z][A-Z_]+)'/g;
    const told = /\btell\(\s*(?:[^,()]*?,\s*)?'([A-Z][A-Z_]+)'/g;
    const codes = new Set([literal, told].flatMap((made) => [...source.matchAll(made)].map(([, code]) => code)));
    expect(codes.size).greaterThan(20);
    for (const code of codes) expect(notices).contain(`\n| \`${code}\` |`);
  });

  const presets = [development(), production(), highFrequency()].map((preset) => resolveConfig(preset, {}));
  for (const { variable, option } of ENVIRONMENT) {
    it(`has ${variable}, and what the presets say of it`, () => {
      const cells = presets.map((config) => (option === 'name' ? 'host name and process id' : shown(option, config)));
      expect(redis).contain(`\n| \`${option}\` | \`${variable}\` | ${cells.join(' | ')} |\n`);
    });
  }
});

function shown(option: string, config: object): string {
  const value = option.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], config);
  if (value === undefined) return 'none';
  if (typeof value === 'number' && option.endsWith('Bytes')) return `${value / 1024 / 1024} MiB`;
  if (typeof value !== 'object' || value === null) return cell(value);
  const tiers = Object.entries(value);
  if (tiers.every(([, amount]) => amount === tiers[0]?.[1])) return cell(tiers[0]?.[1]);
  return tiers.map(([tier, amount]) => `${tier} ${cell(amount)}`).join(', ');
}

function cell(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value);
}
