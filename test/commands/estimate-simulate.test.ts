import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { EstimateReport, SimulationReport } from '../../src/report/index.ts';
import { ROOT, codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';
import { SMALL_PROBLEM } from '../support/small-problem.ts';

const ESTIMATE = [
  'estimate',
  '--model',
  'llama-3.1-8b-instruct',
  '--accelerator',
  'h100-sxm',
  '--isl',
  '500',
  '--osl',
  '100',
];
const SIMULATE = ['simulate', '--model', 'llama-3.1-8b-instruct', '--accelerator', 'h100-sxm'];
const LOAD = ['--isl', '500', '--osl', '100', '--rate', '4', '--requests', '400'];

/** The real trace, where this machine has it (it is not part of the repository). */
const AZURE_TRACE = path.resolve(
  process.env['PLIMSOLL_DATA'] ?? path.join(ROOT, '../shared/data'),
  'llm/azure-llm-2023-conv.csv.gz',
);

describe('estimate', () => {
  it('prints tables on stdout, nothing on stderr, and one sentence last', () => {
    const { stdout, stderr, exitCode } = plimsoll([...ESTIMATE, '--concurrency', '8']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/TTFT mean .* fitted/);
    expect(stdout).toMatch(/Decode step of 8 sequences/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^1 × h100-sxm: TTFT/);
  });

  it('gives the same figures as JSON, YAML and Markdown', () => {
    const asked = [...ESTIMATE, '--rate', '4/s', '--price', '2.50 USD/hour'];
    const json = jsonOf(plimsoll([...asked, '--json'])).result as EstimateReport;
    const yaml = (parse(plimsoll([...asked, '-o', 'yaml']).stdout) as { result: EstimateReport }).result;
    expect(yaml).toEqual(json);
    expect(json.cost?.perHour).toBe(2.5);
    expect(json.load.requestRate).toBe(4);
    expect(plimsoll([...asked, '-o', 'markdown']).stdout).toContain('| TTFT mean |');
  });

  it('knows the accelerators of a stack, and so does simulate', () => {
    const accelerator = `{ name: x1, vendor: acme, architecture: x, memory: 48GiB, memoryBandwidth: 1000GB/s,
      teraflops: { bf16: 200 }, powerWatts: 300, link: { kind: pcie5, bandwidth: 64GB/s }, resourceName: acme.com/x }`;
    withFolder({ 'own.yaml': `${SMALL_PROBLEM}catalog:\n  accelerators:\n    - ${accelerator}\n` }, (cwd) => {
      for (const command of ['estimate', 'simulate']) {
        const asked = [
          command,
          '--model',
          'llama-3.1-8b',
          '--accelerator',
          'x1',
          ...LOAD.slice(0, 6),
          '--json',
        ];
        expect(codesOf(plimsoll(asked, { cwd }))).toContain('catalog-unknown-accelerator');
        const known = plimsoll([...asked, '--stack', 'own.yaml'], { cwd });
        expect([known.exitCode, codesOf(known)]).toEqual([0, []]);
      }
    });
  });

  it.each([
    ['infeasible: it does not fit', ['--max-batched-tokens', '4000000'], 'perf-out-of-memory', 4],
    ['wrong usage: no load', [], 'engine-usage', 64],
    ['wrong usage: rate 0', ['--rate', '0'], 'engine-usage', 64],
    ['wrong usage: unknown role size', ['--rate', '1', '--prefill', 'x=2'], 'engine-usage', 64],
    ['failure: unknown calibration', ['--calibration', 'nowhere.json'], 'engine-file-not-found', 1],
    ['failure: impossible cut', ['--tp', '3'], 'perf-invalid-parallelism', 1],
  ])('ends with the documented exit code on %s', (_, flags, code, exitCode) => {
    const load = code === 'engine-usage' ? [] : ['--concurrency', '8'];
    const finished = plimsoll([...ESTIMATE, ...load, ...flags, '--json']);
    expect([finished.exitCode, codesOf(finished)]).toEqual([exitCode, [code]]);
    expect(finished.stdout).not.toContain('    at ');
  });
});

describe('simulate', () => {
  it('refuses more requests than fit into memory', () => {
    const finished = plimsoll([...SIMULATE, ...LOAD.slice(0, 6), '--requests', '100000000', '--json']);
    expect([finished.exitCode, codesOf(finished)]).toEqual([64, ['engine-usage']]);
  });

  it('prints percentiles, replicas and a timeline of one configuration', () => {
    const { stdout, exitCode } = plimsoll([...SIMULATE, ...LOAD, '--slo', 'ttft.p99=1s,tpot.p99=50ms']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ttft p99 ≤ 1 s .* met/);
    expect(stdout).toMatch(/running +[▁▂▃▄▅▆▇█ ]+ +[\d.]+\n/);
    expect(stdout).toContain('SLO met, goodput 100 %');
  });

  it('writes a chart in the form that the file name says', () => {
    withFolder({}, (cwd) => {
      const svg = plimsoll([...SIMULATE, ...LOAD, '--chart', 'run.svg'], { cwd });
      expect([svg.exitCode, svg.stderr]).toEqual([0, '']);
      expect(readFileSync(path.join(cwd, 'run.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
      plimsoll([...SIMULATE, ...LOAD, '--chart', 'out/run.html'], { cwd });
      expect(readFileSync(path.join(cwd, 'out/run.html'), 'utf8')).toContain('<svg ');
    });
  });

  it('plans a stack first, and simulates its workloads', () => {
    withFolder({ 'problem.yaml': SMALL_PROBLEM }, (cwd) => {
      const finished = plimsoll(['simulate', 'problem.yaml', '--requests', '500', '--json'], { cwd });
      const reports = jsonOf(finished).result as readonly SimulationReport[];
      expect(reports.map((report) => [report.subject, report.meetsSlo])).toEqual([['helper', true]]);
      expect(existsSync(path.join(cwd, 'plans'))).toBe(false);
    });
  });

  it.skipIf(!existsSync(AZURE_TRACE))('replays a real trace on the committed plan', () => {
    const finished = plimsoll(['simulate', 'chat', '--trace', AZURE_TRACE, '--rate-scale', '1.5', '--json']);
    const [report] = jsonOf(finished).result as readonly SimulationReport[];
    expect(report?.traffic.requests).toBeGreaterThan(5000);
    expect(report?.isStationary).toBe(true);
  });

  it.each([
    ['nothing to simulate', ['simulate'], 'engine-usage', 64],
    ['a plan and a configuration', ['simulate', 'chat', '--tp', '2'], 'engine-usage', 64],
    ['a workload without a plan', [...SIMULATE, '--workload', 'chat', ...LOAD], 'engine-usage', 64],
    ['a chart in no form it knows', [...SIMULATE, ...LOAD, '--chart', 'x.png'], 'engine-usage', 64],
    ['a limit of no percentile it knows', [...SIMULATE, ...LOAD, '--slo', 'ttft.p98=1s'], 'engine-usage', 64],
    ['no traffic', SIMULATE, 'engine-usage', 64],
    ['an unknown plan', ['simulate', 'nowhere'], 'plan-not-found', 1],
    ['an unknown workload', ['simulate', 'chat', '--workload', 'chta'], 'plan-unknown-workload', 1],
    ['an unknown trace', [...SIMULATE, '--trace', 'nowhere.csv'], 'engine-file-not-found', 1],
    [
      'a configuration that does not fit',
      [...SIMULATE, '--max-batched-tokens', '4000000', ...LOAD],
      'perf-out-of-memory',
      4,
    ],
  ])('refuses %s with a code and an exit code', (_, args, code, exitCode) => {
    const finished = plimsoll([...args, '--json']);
    expect([finished.exitCode, codesOf(finished)]).toEqual([exitCode, [code]]);
  });
});
