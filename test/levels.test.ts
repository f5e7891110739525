import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The level table of docs/architecture.md. A file may import from its own folder and from lower levels only.
 * Changing it needs a design note.
 */
const LEVELS: Readonly<Record<string, number>> = {
  units: 0,
  diagnostics: 0,
  random: 0,
  model: 1,
  catalog: 2,
  perf: 2,
  cost: 2,
  traffic: 2,
  spot: 2,
  sim: 3,
  constructs: 3,
  optimize: 4,
  accuracy: 4,
  plan: 5,
  policy: 6,
  synth: 6,
  report: 7,
  apply: 7,
  engine: 8,
  commands: 9,
};

const SRC = path.resolve(import.meta.dirname, '../src');
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Node modules and packages that only some folders may touch. */
const RESTRICTED: readonly { readonly pattern: RegExp; readonly allowed: RegExp; readonly why: string }[] = [
  {
    pattern: /^cdk8s/,
    allowed: /^synth\/kubernetes\//,
    why: 'cdk8s appears only under src/synth/kubernetes',
  },
  {
    pattern: /^node:(fs|fs\/promises|net|http|https|child_process|os)$/,
    allowed: /^(engine|commands|apply)\//,
    why: 'no file, network or environment access below engine',
  },
  { pattern: /^@oclif\//, allowed: /^commands\//, why: 'the command line is one host among others' },
];

interface Edge {
  readonly from: string;
  readonly specifier: string;
}

function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
}

function edges(): Edge[] {
  return sourceFiles().flatMap((from) => {
    const text = readFileSync(path.join(SRC, from), 'utf8');
    return [...text.matchAll(IMPORT)].map((match) => ({ from, specifier: match[1] ?? match[2] ?? '' }));
  });
}

function targetFolder(edge: Edge): string | undefined {
  if (!edge.specifier.startsWith('.')) return undefined;
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(edge.from), edge.specifier));
  return target.split('/')[0];
}

describe('the level table', () => {
  it('names every folder of src', () => {
    const folders = new Set(
      sourceFiles()
        .filter((file) => file.includes('/'))
        .map((file) => file.split('/')[0] ?? ''),
    );
    expect([...folders].filter((folder) => LEVELS[folder] === undefined)).toEqual([]);
  });

  it('is the one that docs/architecture.md shows', () => {
    const page = readFileSync(path.join(SRC, '../docs/architecture.md'), 'utf8');
    const rows = [...page.matchAll(/^\| *(\d) *\| *`([\w]+)` *\|/gm)].map((row) => [row[2], Number(row[1])]);
    expect(Object.fromEntries(rows)).toEqual(LEVELS);
  });

  it('lets a folder import only itself and lower levels', () => {
    const violations = edges().filter((edge) => {
      const source = edge.from.includes('/') ? (edge.from.split('/')[0] ?? '') : undefined;
      const target = targetFolder(edge);
      if (source === undefined || target === undefined || source === target) return false;
      return (LEVELS[target] ?? Infinity) >= (LEVELS[source] ?? -1);
    });
    expect(violations).toEqual([]);
  });

  it('reaches another folder only through its index', () => {
    const violations = edges().filter((edge) => {
      const target = targetFolder(edge);
      if (target === undefined || target === edge.from.split('/')[0]) return false;
      return !edge.specifier.endsWith(`/${target}/index.ts`) && edge.from.includes('/');
    });
    expect(violations).toEqual([]);
  });

  it('keeps restricted packages where they belong', () => {
    const violations = edges().flatMap((edge) =>
      RESTRICTED.filter((rule) => rule.pattern.test(edge.specifier) && !rule.allowed.test(edge.from)).map(
        (rule) => `${edge.from} imports ${edge.specifier}: ${rule.why}`,
      ),
    );
    expect(violations).toEqual([]);
  });

  it('reads no clock and no environment below engine', () => {
    const violations = sourceFiles()
      .filter((file) => (LEVELS[file.split('/')[0] ?? ''] ?? 99) < 8 && !file.startsWith('apply/'))
      .filter((file) =>
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.(env|argv|cwd)|\bperformance\.now\(/.test(
          readFileSync(path.join(SRC, file), 'utf8'),
        ),
      );
    expect(violations).toEqual([]);
  });

  it('keeps every source file below 400 lines', () => {
    const long = sourceFiles().filter(
      (file) => readFileSync(path.join(SRC, file), 'utf8').split('\n').length > 401,
    );
    expect(long).toEqual([]);
  });
});
