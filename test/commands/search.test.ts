import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SearchReport } from '../../src/report/index.ts';
import { codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';

/** A space that is searched in a second: a small model on one accelerator, one format, whole requests only. */
const SEARCH = [
  'search',
  '--model',
  'llama-3.1-8b-instruct',
  '--cluster',
  '1xl40s',
  '--serving',
  'aggregated',
  '--precisions',
  'fp8',
  '--kv',
  'bf16',
];
const LENGTHS = ['--isl', '500', '--osl', '100'];
const LOAD = [...LENGTHS, '--rate', '2'];
const SLO = ['--ttft-p99', '1s', '--tpot-p99', '60ms'];

const reportOf = (finished: ReturnType<typeof plimsoll>): SearchReport => jsonOf(finished).result;

describe('search', () => {
  it('prints the best plans, the proof and one sentence last, and nothing on stderr', () => {
    const { stdout, stderr, exitCode } = plimsoll([...SEARCH, ...LOAD, ...SLO]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Model +meta-llama\/Meta-Llama-3.1-8B, vllm/);
    expect(stdout).toMatch(/Best \d+ plans?\n +# +PLAN/);
    expect(stdout).toMatch(/candidates: \d+ simulated in \d+ runs/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^Best plan: 1 × tp1 on 1 accelerator, .* within the SLO/,
    );
    expect(stdout).not.toContain('\u001b');
  });

  it('gives the same figures as JSON, YAML and Markdown, the same every time, whatever the threads', () => {
    const asked = [...SEARCH, ...LOAD, ...SLO];
    const json = plimsoll([...asked, '--json', '--workers', '1']);
    expect(plimsoll([...asked, '-o', 'json', '--workers', '2']).stdout).toBe(json.stdout);
    const yaml = parse(plimsoll([...asked, '-o', 'yaml']).stdout) as { result: SearchReport };
    expect(yaml.result).toEqual(reportOf(json));
    const markdown = plimsoll([...asked, '-o', 'markdown']).stdout;
    expect(markdown).toMatch(/^## Search for meta-llama/);
    expect(markdown).toContain('| 1 | 1 × tp1 | fp8');
  });

  it('keeps every limit in every plan it tells, best first', () => {
    const { plans, proof } = reportOf(plimsoll([...SEARCH, ...LOAD, ...SLO, '--json']));
    for (const plan of plans) {
      expect(plan.latency.ttft.p99.value).toBeLessThanOrEqual(1);
      expect(plan.latency.tpot.p99.value).toBeLessThanOrEqual(0.06);
      expect(plan.accelerators).toBe(1);
      expect(plan.capacity.value).toBeGreaterThanOrEqual(2);
    }
    const costs = plans.map((plan) => plan.costPerMonth ?? 0);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(proof.simulated).toBeLessThanOrEqual(proof.enumerated);
  });

  it('takes names and forms as the issue writes them: aliases of flags, clients, fewest accelerators', () => {
    const closed = [...SEARCH, ...LENGTHS, '--target-concurrency', '8', '--fewest-gpus', ...SLO, '--json'];
    const report = reportOf(plimsoll(closed));
    expect(report).toMatchObject({ objective: 'accelerators', load: { kind: 'concurrency', clients: 8 } });
    const open = reportOf(plimsoll([...SEARCH, ...LENGTHS, '--target-rate', '120/min', ...SLO, '--json']));
    expect(open.load).toMatchObject({ kind: 'rate', requestRate: 2 });
  });

  it('fills the cluster where no load is stated', () => {
    const report = reportOf(plimsoll([...SEARCH, ...LENGTHS, ...SLO, '--json']));
    expect(report).toMatchObject({ objective: 'cost-per-token', load: { kind: 'most' } });
    expect(report.plans[0]?.load).toBeGreaterThanOrEqual(report.plans[0]?.capacity.low ?? Infinity);
  });

  it('tells what a confidence costs', () => {
    const report = reportOf(plimsoll([...SEARCH, ...LOAD, ...SLO, '--confidence', '0.9', '--json']));
    expect(report.confidence?.level).toBe(0.9);
    expect(report.confidence?.factors.ttft).toBeGreaterThan(1);
    expect(report.confidence?.extraCost).toBeGreaterThanOrEqual(0);
    expect(report.plans[0]?.latency.tpot.p99.value).toBeLessThanOrEqual(
      0.06 / (report.confidence?.factors.tpot ?? 1),
    );
  });

  it('continues from a file of measurements with the same answer', () => {
    withFolder({}, (cwd) => {
      const asked = [...SEARCH, ...LOAD, ...SLO, '--json', '--resume', 'search.jsonl'];
      const first = plimsoll(asked, { cwd });
      expect(existsSync(path.join(cwd, 'search.jsonl'))).toBe(true);
      expect(plimsoll(asked, { cwd }).stdout).toBe(first.stdout);
    });
  });

  it('writes the best plan into a folder, which other commands read', () => {
    withFolder({}, (cwd) => {
      const finished = plimsoll([...SEARCH, ...LOAD, ...SLO, '--output', 'plans/small'], { cwd });
      expect([finished.exitCode, finished.stdout.split('\n')[0]]).toEqual([
        0,
        expect.stringMatching(
          /^Written to plans\/small\/: plan.json, problem.yaml, report.md, manifests\/\./,
        ),
      ]);
      expect(existsSync(path.join(cwd, 'plans/small/manifests/vanilla'))).toBe(true);
      expect(plimsoll(['show', 'small'], { cwd }).exitCode).toBe(0);
      const found = reportOf(plimsoll([...SEARCH, ...LOAD, ...SLO, '--json'], { cwd })).plans[0];
      const simulated = jsonOf(plimsoll(['simulate', 'small', '--json'], { cwd })).result as readonly {
        meetsSlo: boolean;
        latency: SearchReport['plans'][number]['latency'];
      }[];
      expect(simulated[0]?.meetsSlo).toBe(true);
      const ratio = (simulated[0]?.latency.e2e.p99.value ?? 0) / (found?.latency.e2e.p99.value ?? 1);
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    });
  });

  it('writes the chart in the form that the file name says', () => {
    withFolder({}, (cwd) => {
      const finished = plimsoll([...SEARCH, ...LOAD, ...SLO, '--chart', 'pareto.html'], { cwd });
      expect(finished.stdout).toContain('Chart written to pareto.html.');
      expect(readFileSync(path.join(cwd, 'pareto.html'), 'utf8')).toMatch(/<svg [^]*<h3>Best/);
    });
  });

  it.each([
    [
      'infeasible: it fits nowhere',
      ['--cluster', '1xl4', '--precisions', 'bf16'],
      'optimize-no-candidate',
      4,
    ],
    ['infeasible: no configuration is as fast', ['--tpot-p99', '100us'], 'optimize-no-candidate', 4],
    ['infeasible: the load is too high', ['--rate', '9000'], 'optimize-infeasible', 4],
    ['infeasible: a limit beside the SLO', ['--max-cost', '1 USD/month'], 'optimize-infeasible', 4],
    ['wrong usage: no cluster in that form', ['--cluster', 'h100'], 'engine-usage', 64],
    ['wrong usage: two loads', ['--concurrency', '3'], 'engine-usage', 64],
    ['wrong usage: two sources', ['--profile', 'sharegpt'], 'engine-usage', 64],
    ['wrong usage: a form it does not know', ['--output', 'jsn'], 'engine-usage', 64],
    ['wrong usage: a certainty', ['--confidence', '1'], 'engine-usage', 64],
    ['failure: unknown accelerator', ['--cluster', '8xh1000'], 'catalog-unknown-accelerator', 1],
    ['failure: unknown calibration', ['--calibration', 'nowhere.json'], 'engine-file-not-found', 1],
    [
      'failure: no price for an objective of money',
      ['--cluster', '8xgb300', '--objective', 'cost'],
      'catalog-no-price',
      1,
    ],
  ])('ends with the documented exit code on %s', (_, flags, code, exitCode) => {
    const names = new Set(flags.filter((item) => item.startsWith('--')));
    const base = [...SEARCH, ...LOAD, ...SLO];
    // A flag stated anew replaces the one of the base.
    const kept = base.filter((item, index) => !names.has(item) && !names.has(base[index - 1] ?? ''));
    const finished = plimsoll([...kept, ...flags, '--json']);
    expect([finished.exitCode, codesOf(finished)]).toEqual([exitCode, [code]]);
    expect(finished.stdout).not.toContain('    at ');
  });

  it('names the nearest change that gives a plan', () => {
    const finished = plimsoll([...SEARCH, ...LOAD, '--ttft-p99', '1s', '--tpot-p99', '100us']);
    expect(finished.exitCode).toBe(4);
    expect(finished.stdout).toBe('');
    expect(finished.stderr).toMatch(/→ Loosen --tpot-p99 to [\d.]+ ms/);
  });
});
