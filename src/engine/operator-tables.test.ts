import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCalibrations } from './calibration-files.ts';
import type { EngineHost } from './messages.ts';
import { importOperatorTables } from './operator-tables.ts';

let folder: string;
let host: EngineHost;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-tables-'));
  host = { workingDirectory: folder, today: '2026-11-21', emit: () => undefined, elapsedSeconds: () => 0 };
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), text);
}

const GEMM = 'gpu,dtype,m,k,n,time(us)\n';
const options = { layout: 'apex-plus', accelerator: 'h100-sxm' } as const;

describe('importing operator tables', () => {
  it('reads comp and comm of one system, rejects what beats the peak and writes a file that calibrations load', async () => {
    await file('t/profile/comp/X/gemm_0.csv', `${GEMM}X,half,8192,8192,16,60\nX,half,8192,8192,8192,1\n`);
    await file('t/profile/comp/X/gemm_810.csv', `${GEMM}X,half,8192,8192,16,900\n`);
    await file('t/profile/comp/X/bimha_0.csv', 'a\n1\n');
    await file(
      't/profile/comm/X/all_reduce.csv',
      'num_nodes,num_gpus_per_node,dtype,size(kb),time(us)\n1,8,half,1024,40\n',
    );
    const imported = await importOperatorTables('t', { ...options, output: 'own.json' }, host);
    if (!imported.ok) throw new Error(JSON.stringify(imported.diagnostics));
    expect(imported.diagnostics.map(({ code }) => code)).toEqual(['perf-table-beats-peak']);
    expect(imported.value.files).toMatchObject([
      { file: 't/profile/comp/X/gemm_0.csv', rows: 2, used: 1, rejected: 1 },
      { file: 't/profile/comm/X/all_reduce.csv', rows: 1, used: 1 },
    ]);
    expect(imported.value.ignored).toEqual(['t/profile/comp/X/bimha_0.csv']);
    expect(imported.value.operators.map(({ operator, points }) => [operator, points])).toEqual([
      ['gemm', 1],
      ['all-reduce', 1],
    ]);
    expect(imported.value.operators[0]?.law?.points).toBe(1);
    const written: unknown = JSON.parse(await readFile(path.join(folder, 'own.json'), 'utf8'));
    const loaded = await loadCalibrations(['own.json'], { folder, host });
    expect(loaded.ok && loaded.value.tables).toEqual([written]);
  });

  it('several systems need a name, a wrong name gets the closest', async () => {
    await file('comp/H100-A/gemm_0.csv', `${GEMM}X,half,64,64,1,5\n`);
    await file('comp/H100-B/gemm_0.csv', `${GEMM}X,half,64,64,1,5\n`);
    const unnamed = await importOperatorTables('.', options, host);
    expect(unnamed.diagnostics.map(({ code }) => code)).toEqual(['perf-tables-system']);
    const wrong = await importOperatorTables('.', { ...options, system: 'H100-AA' }, host);
    expect(wrong.diagnostics[0]?.fix).toContain('H100-A');
    const named = await importOperatorTables('.', { ...options, system: 'H100-B' }, host);
    expect(named.ok && named.value.system).toBe('H100-B');
  });

  it('an unknown accelerator, an absent folder and a folder without a usable row are errors', async () => {
    const unknown = await importOperatorTables('.', { ...options, accelerator: 'h100-sxn' }, host);
    expect(unknown.ok).toBe(false);
    const absent = await importOperatorTables('absent', options, host);
    expect(absent.diagnostics.map(({ code }) => code)).toEqual(['engine-file-not-found']);
    await file('comp/X/gemm_0.csv', `${GEMM}X,float,64,64,1,5\n`);
    const useless = await importOperatorTables('.', options, host);
    expect(useless.diagnostics.map(({ code }) => code)).toEqual(['perf-tables-empty']);
  });

  it('a backend that nothing was measured with is an error with those that there are', async () => {
    await file('gpu/comp/X/gemm_0.csv', `${GEMM}X,half,64,64,1,5\n`);
    const [problem] = (await importOperatorTables('gpu', { ...options, backend: 'vlm' }, host)).diagnostics;
    expect([problem?.code, problem?.path]).toEqual(['perf-tables-empty', '--backend']);
    expect(problem?.fix).toMatch(/Measured were \w+/);
  });

  it('a file in the place of a folder is an error', async () => {
    await file('table.csv', 'x');
    const { diagnostics } = await importOperatorTables('table.csv', options, host);
    expect(diagnostics[0]?.summary).toBe('table.csv is a file, not a folder.');
  });

  it('a damaged parquet file is a warning', async () => {
    await file('gpu/gemm.parquet', 'not parquet');
    const imported = await importOperatorTables('gpu', { ...options, layout: 'plimsoll-parquet' }, host);
    expect(imported.diagnostics.map(({ code }) => code)).toEqual([
      'perf-table-unreadable',
      'perf-tables-empty',
    ]);
  });
});
