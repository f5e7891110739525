import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SensitivityReport } from '../../src/report/index.ts';
import { codesOf, jsonOf, plimsoll } from '../support/run-command.ts';
import { SMALL_PROBLEM, smallProblem } from '../support/small-problem.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'plimsoll-explain-'));

beforeAll(() => {
  writeFileSync(path.join(cwd, 'small.yaml'), SMALL_PROBLEM);
  plimsoll(['plan', 'small.yaml'], { cwd });
}, 120_000);
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

describe('explain', () => {
  it('tells a story and the command for what would change it', () => {
    const { stdout, exitCode } = plimsoll(['explain', 'helper'], { cwd });
    expect(exitCode).toBe(0);
    for (const title of [
      'Why this accelerator',
      'Why this parallelism',
      'Why this precision',
      'Why this spot share',
      'What each rule costs',
    ])
      expect(stdout).toContain(title);
    expect(stdout).toContain('plimsoll explain helper --sensitivity');
  });

  it('as Markdown has headings and bullets', () => {
    const { stdout } = plimsoll(['explain', 'helper', '--output', 'markdown'], { cwd });
    expect(stdout).toContain('## Why helper runs as it does\n\n- ');
    expect(stdout).toContain('### Why this accelerator');
  });

  it(
    'with --sensitivity plans prices, traffic and limits anew, and notices another stack',
    { timeout: 240_000 },
    () => {
      const run = plimsoll(['explain', 'helper', '--sensitivity', '--json', '--resume', 'answers.jsonl'], {
        cwd,
      });
      expect([run.exitCode, codesOf(run)]).toEqual([0, []]);
      const { sensitivity } = jsonOf(run).result as { readonly sensitivity: SensitivityReport };
      expect(sensitivity.factors.map((item) => [item.kind, item.share])).toEqual([
        ['price', -0.2],
        ['price', 0.2],
        ['traffic', -0.5],
        ['traffic', 0.5],
        ['slo', -0.25],
        ['slo', 0.25],
      ]);
      expect(sensitivity.breakEvens).toEqual([]);
      writeFileSync(path.join(cwd, 'other.yaml'), smallProblem('3/s', '4/s'));
      const other = plimsoll(
        [
          'explain',
          'helper',
          '--sensitivity',
          '--stack',
          'other.yaml',
          '--resume',
          'answers.jsonl',
          '--output',
          'json',
        ],
        { cwd },
      );
      expect([other.exitCode, codesOf(other)]).toEqual([0, ['engine-whatif-stale']]);
    },
  );

  it('fails for a stack that is gone, and takes --stack with --sensitivity alone', () => {
    const gone = plimsoll(['explain', 'helper', '--sensitivity', '--stack', 'gone.yaml', '--json'], { cwd });
    expect([gone.exitCode, codesOf(gone)]).toEqual([1, ['stack-not-found']]);
    expect(plimsoll(['explain', 'helper', '--stack', 'small.yaml'], { cwd }).exitCode).toBe(64);
  });
});
