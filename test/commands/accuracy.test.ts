import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { measurementCsv } from '../../src/accuracy/testing/measurements.ts';
import { codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';

const RUNS = measurementCsv(
  { id: 'few', concurrency: 4 },
  { id: 'many', concurrency: 64, ttft_ms: 900, tpot_ms: 30 },
  { id: 'broken', ttft_ms: '0' },
  { id: 'strange', model: 'nobody/knows-this' },
);

/** A result of `vllm bench serve`, made up. */
const VLLM_RUN = JSON.stringify({
  date: '20260403-101500',
  backend: 'openai',
  model_id: 'meta-llama/Llama-3.1-70B',
  max_concurrency: 8,
  completed: 80,
  total_input_tokens: 81_920,
  total_output_tokens: 10_240,
  mean_ttft_ms: 120.5,
  mean_tpot_ms: 14.2,
});

const DEPLOYMENT = '--system h100-sxm --engine vllm --precision fp8 --tp 4'.split(' ');

describe('accuracy', () => {
  it('prints errors by group, decisions, and why rows are left out; warnings go to standard error', () => {
    withFolder({ 'runs.csv': RUNS }, (cwd) => {
      const { stdout, stderr, exitCode } = plimsoll(['accuracy', '--measurements', 'runs.csv'], { cwd });
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/system h100_sxm +3 +2 /);
      expect(stdout).toMatch(/TPOT ≤ 50 ms/);
      expect(stdout).toContain('unknown-model');
      expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^2 of 3 scored rows predicted \(66\.7 %\)/);
      expect(stderr).toMatch(/accuracy-row-skipped.*ttft_ms is 0/);
      expect(stderr).toContain('accuracy-not-predicted');
    });
  });

  it('gives the same as data, and writes the predictions', () => {
    withFolder({ 'runs.csv': RUNS }, (cwd) => {
      const finished = plimsoll(
        ['accuracy', '--measurements', 'runs.csv', '--predictions', 'out.csv', '--json'],
        { cwd },
      );
      expect(jsonOf(finished)).toMatchObject({
        ok: true,
        result: {
          rows: { total: 4, unmeasured: 1, scored: 3 },
          score: { overall: { rows: 3, predicted: 2 }, coveragePercent: 66.67 },
          decisions: { groups: 1 },
          notPredicted: [{ id: 'strange', line: 5 }],
        },
      });
      const lines = readFileSync(path.join(cwd, 'out.csv'), 'utf8').trim().split('\n');
      expect(lines[0]).toBe('id,ttft_ms,tpot_ms,ttft_ms_p10,ttft_ms_p90,tpot_ms_p10,tpot_ms_p90,reason');
      expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['few', 'many', 'broken', 'strange']);
    });
  });

  it('has Markdown for pull requests', () => {
    const { stdout } = plimsoll(['accuracy', '--measurements', '-', '--output', 'markdown'], { input: RUNS });
    expect(stdout).toMatch(/^# Accuracy on stdin\n\n## Error/);
    expect(stdout).toMatch(/\| all \| 3 \| 2 \|/);
  });

  it('takes the result of a serving benchmark, with flags for the deployment', () => {
    withFolder({ 'run.json': VLLM_RUN }, (cwd) => {
      expect(codesOf(plimsoll(['accuracy', '-m', 'run.json', '--json'], { cwd }))).toEqual([
        'accuracy-missing-column',
      ]);
      const known = plimsoll(['accuracy', '-m', 'run.json', ...DEPLOYMENT, '--json'], { cwd });
      expect(jsonOf(known)).toMatchObject({ result: { layout: 'vllm-bench', rows: { scored: 1 } } });
    });
  });

  it.each([
    ['an absent file', ['-m', 'gone.csv'], 1, 'engine-file-not-found'],
    ['a missing column', ['-m', 'short.csv'], 1, 'accuracy-missing-column'],
    ['no file at all', [], 64, 'engine-usage'],
    ['no sensible size', ['-m', 'short.csv', '--tp', '0'], 64, 'engine-usage'],
  ])('fails on %s', (_name, args, exitCode, code) => {
    withFolder({ 'short.csv': 'id,model\na,b\n' }, (cwd) => {
      const finished = plimsoll(['accuracy', ...args, '--json'], { cwd });
      expect([finished.exitCode, codesOf(finished)]).toEqual([exitCode, [code]]);
    });
  });
});

describe('calibrate', () => {
  it('prints factors and errors, and writes a file that accuracy and stacks take', () => {
    const slow = measurementCsv(
      ...[2, 8, 32].map((concurrency) => ({ concurrency, ttft_ms: 400, tpot_ms: 25 + concurrency })),
    );
    withFolder({ 'runs.csv': slow }, (cwd) => {
      const made = plimsoll(['calibrate', '-m', 'runs.csv', '--out', 'calibration.json'], { cwd });
      expect(made.exitCode).toBe(0);
      expect(made.stdout).toMatch(/Meta-Llama-3\.1-70B · h100-sxm · vllm · fp8 +3 /);
      expect(made.stdout).toContain('Written to calibration.json');
      const tpotError = (args: readonly string[]): number => {
        const scored = jsonOf(plimsoll(['accuracy', '-m', 'runs.csv', '--json', ...args], { cwd }));
        const { result } = scored as unknown as {
          result: { score: { overall: { tpot: { mapePercent: number } } } };
        };
        return result.score.overall.tpot.mapePercent;
      };
      expect(tpotError(['--calibration', 'calibration.json'])).toBeLessThan(tpotError([]));
    });
  });

  it('says how a file that is none is to be replaced', () => {
    withFolder({ 'runs.csv': RUNS, 'wrong.json': '{"format":"plimsoll-calibration","version":9}' }, (cwd) => {
      const finished = plimsoll(['accuracy', '-m', 'runs.csv', '--calibration', 'wrong.json', '--json'], {
        cwd,
      });
      expect(finished.exitCode).toBe(1);
      expect(codesOf(finished)).toContain('accuracy-calibration-version');
    });
  });
});
