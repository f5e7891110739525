import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT, plimsoll } from '../support/run-command.ts';

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: "web:1", resources: { requests: { cpu: 250m } } }]
`;
const DATA = process.env['PLIMSOLL_DATA'] ?? path.join(ROOT, '../shared/data');
const SPOTKUBE = path.resolve(DATA, 'microservices/spotkube');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-import-command-'));
  writeFileSync(path.join(folder, 'web.yaml'), MANIFEST);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('import manifests', () => {
  it('prints a stack on stdout, warnings on stderr, and reads standard input', () => {
    const { stdout, stderr, exitCode } = plimsoll(['import', 'manifests', '-', '--name', 'shop'], {
      cwd: folder,
      input: MANIFEST,
    });
    expect(exitCode).toBe(0);
    expect(parse(stdout)).toMatchObject({ name: 'shop', services: [{ id: 'web', image: 'web:1' }] });
    expect(stderr).toContain('import-assumed-request');
  });

  it.each([
    ['yaml', 'stack.yaml'],
    ['typescript', 'stack.ts'],
  ])('writes a stack in %s; one in YAML validates', (format, file) => {
    const args = ['import', 'manifests', 'web.yaml', '--format', format, '--out', file];
    const written = plimsoll([...args, '--default-memory', '1Gi'], { cwd: folder });
    expect(written.stdout).toContain(`1 service with 2 replicas written to ${file}`);
    expect(readFileSync(path.join(folder, file), 'utf8')).toContain('1024Mi');
    if (format === 'yaml') {
      expect(plimsoll(['validate', file], { cwd: folder })).toMatchObject({ exitCode: 0 });
    }
  });

  it('gives one JSON object, and fails as the problem asks', () => {
    const good = plimsoll(['import', 'manifests', 'web.yaml', '--json'], { cwd: folder });
    expect(JSON.parse(good.stdout)).toMatchObject({
      ok: true,
      result: { counts: { services: 1, replicas: 2, objects: 1 } },
    });
    const missing = plimsoll(['import', 'manifests', 'nowhere', '--json'], { cwd: folder });
    expect(missing.exitCode).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ ok: false });
    const usage = plimsoll(['import', 'manifests', 'web.yaml', '--default-cpu', '0'], { cwd: folder });
    expect(usage.exitCode).toBe(64);
  });
});

describe('import characterisation', () => {
  const common = ['--cpu-request', '400m', '--memory-request', '600Mi'];

  it('refuses files that are no series', () => {
    const files = ['web.yaml', '--cpu-series', 'web.yaml', '--memory-series', 'web.yaml'];
    const { stderr, exitCode } = plimsoll(['import', 'characterisation', ...files, ...common], {
      cwd: folder,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('import-series-layout');
  });

  it.skipIf(!existsSync(SPOTKUBE))(
    'prints a block of performance (shared/data/microservices/spotkube)',
    () => {
      const file = (name: string): string => path.join(SPOTKUBE, `auth-${name}.csv`);
      const { stdout, exitCode } = plimsoll([
        'import',
        'characterisation',
        file('results_stats_history'),
        ...[
          '--cpu-series',
          file('cpu'),
          '--cpu-unit',
          'share',
          '--cpu-limit',
          '400m',
          '--cpu-window',
          '5min',
        ],
        ...['--memory-series', file('mem'), '--memory-unit', 'GB', ...common],
      ]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('ms a request');
      const { performance } = parse(stdout) as { performance: { measured: { rows: readonly unknown[] } } };
      expect(performance.measured.rows).toHaveLength(6);
    },
  );
});
