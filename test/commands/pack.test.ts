import { describe, expect, it } from 'vitest';
import type { PackReport } from '../../src/report/index.ts';
import { dumpOf } from '../../src/engine/pack/testing/dumps.ts';
import { codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';

const DUMP = dumpOf(
  [{ name: 'a' }, { name: 'b' }],
  [
    { name: 'dns', namespace: 'kube-system', cpu: '0', memory: '0', node: 'a' },
    { name: 'x', cpu: '2', node: 'a' },
    { name: 'y', cpu: '2', node: 'b' },
    { name: 'big', cpu: '4', priority: 10 },
  ],
);

describe('pack', () => {
  it('prints counts, steps and one sentence last on stdout, nothing on stderr', () => {
    const { stdout, stderr, exitCode } = plimsoll(['pack', '-'], { input: DUMP });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/1 {2}move +shop\/[xy]/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      '1 more pod runs after 1 move (proven fewest); counts proven optimal.',
    );
  });

  it('gives the same answer as JSON, from a file', () => {
    const report = withFolder({ 'cluster.json': DUMP }, (cwd) =>
      jsonOf(plimsoll(['pack', 'cluster.json', '--json'], { cwd })),
    ).result as PackReport;
    expect([report.moves, report.provenCounts, report.levels.map((level) => level.placed)]).toEqual([
      1,
      true,
      [1, 2],
    ]);
  });

  it('places one at a time with --online', () => {
    const report = jsonOf(plimsoll(['pack', '-', '--online', '--json'], { input: DUMP }))
      .result as PackReport;
    expect([report.mode, report.steps, report.moves]).toEqual(['online', [], 0]);
  });

  it('fails with a code for what is no dump, for a missing file, and for a wrong flag', () => {
    const noDump = plimsoll(['pack', '-', '--json'], { input: '{"kind":"Pod"}' });
    expect([noDump.exitCode, codesOf(noDump)]).toEqual([1, ['pack-not-a-dump']]);
    const missing = plimsoll(['pack', 'nowhere.json', '--json']);
    expect([missing.exitCode, codesOf(missing)]).toEqual([1, ['engine-file-not-found']]);
    expect(plimsoll(['pack', '-', '--time-limit', 'soon'], { input: DUMP }).exitCode).toBe(64);
  });
});
