import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, codesOf, plimsoll } from '../support/run-command.ts';
import { SMALL_PROBLEM } from '../support/small-problem.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-resume-'));
  writeFileSync(path.join(folder, 'problem.yaml'), SMALL_PROBLEM);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Plans the small problem and gives the bytes of the plan. */
function planned(out: string, ...flags: readonly string[]): string {
  const finished = plimsoll(['plan', 'problem.yaml', '--out', out, ...flags], { cwd: folder });
  expect(finished.exitCode, finished.stderr).toBe(0);
  return readFileSync(path.join(folder, out, 'plan.json'), 'utf8');
}

/** Lines of a file; none where it does not exist. */
function linesOf(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

/** Starts a plan and interrupts it once its journal holds `lines`; gives the exit code. */
function interrupted(journal: string, lines: number, ...flags: readonly string[]): Promise<number | null> {
  const args = ['plan', 'problem.yaml', '--out', 'interrupted', '--resume', 'run.jsonl', ...flags];
  const child = spawn(process.execPath, [path.join(ROOT, 'bin', 'plimsoll.js'), ...args], {
    cwd: folder,
    stdio: 'ignore',
  });
  const watch = setInterval(() => {
    if (linesOf(journal) >= lines) child.kill('SIGINT');
  }, 5);
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      clearInterval(watch);
      resolve(code);
    });
  });
}

describe('a plan with a file to resume from', () => {
  it('that was interrupted goes on, and is byte for byte the plan of an uninterrupted one, on any number of threads', async () => {
    const journal = path.join(folder, 'run.jsonl');
    const whole = planned('whole', '--workers', '1');
    expect(await interrupted(journal, 5, '--workers', '1')).toBe(130);
    expect(existsSync(path.join(folder, 'interrupted'))).toBe(false);
    const kept = linesOf(journal);
    expect(kept).toBeGreaterThanOrEqual(5);
    truncateSync(journal, statSync(journal).size - 7);
    expect(planned('resumed', '--resume', 'run.jsonl', '--workers', '2')).toBe(whole);
    expect(linesOf(journal)).toBeGreaterThan(kept);
    expect(planned('again', '--resume', 'run.jsonl', '--workers', '3')).toBe(whole);
  }, 180_000);

  it('that is no file of measurements is refused before anything is simulated', () => {
    const finished = plimsoll(['plan', 'problem.yaml', '--resume', 'problem.yaml', '--json'], {
      cwd: folder,
    });
    expect([finished.exitCode, codesOf(finished)]).toEqual([
      1,
      expect.arrayContaining(['engine-resume-invalid']),
    ]);
    expect(readFileSync(path.join(folder, 'problem.yaml'), 'utf8')).toBe(SMALL_PROBLEM);
  });
});

describe('the flags of a search', () => {
  it('take --budget for --time-limit, and refuse no workers', () => {
    const plan = JSON.parse(planned('budget', '--budget', '600s')) as { inputs: { flags: unknown } };
    expect(plan.inputs.flags).toEqual({ 'time-limit': '600s' });
    const refused = plimsoll(['plan', 'problem.yaml', '--workers', '0', '--json'], { cwd: folder });
    expect([refused.exitCode, codesOf(refused)]).toEqual([64, ['engine-usage']]);
  });
});
