import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/report/index.ts';
import { ROOT, codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';

const PLAN = readFileSync(path.join(ROOT, 'plans/chat/plan.json'), 'utf8');
/** Traces of the two zones in which the committed plan holds spot capacity. */
const TRACES = [
  'kind,nodes_requested,campaign,zone_and_type,gap_seconds,start_tick,run_length_ticks,available_nodes',
  'availability,2,t,us-east-1a_p5.48xlarge,300,0,6,2',
  'availability,2,t,us-east-1a_p5.48xlarge,300,6,18,0',
  'availability,2,t,us-east-1b_p5.48xlarge,300,0,24,2',
  '',
].join('\n');

/** Runs `use` in a folder that holds a copy of the committed plan, manifests included, and these files. */
function withPlan(files: Readonly<Record<string, string>>, use: (folder: string) => void): void {
  withFolder(files, (folder) => {
    cpSync(path.join(ROOT, 'plans/chat'), folder, { recursive: true });
    use(folder);
  });
}

describe('report', () => {
  it('writes one page beside the plan and says so in one sentence', () => {
    withPlan({}, (cwd) => {
      const { stdout, exitCode } = plimsoll(['report', 'plan.json', '--html'], { cwd });
      expect(exitCode).toBe(0);
      expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
        /^Report of chat written to report\.html \([\d.]+ kB/,
      );
      expect(readdirSync(cwd).sort()).toEqual(['manifests', 'plan.json', 'report.html', 'report.md']);
      const page = readFileSync(path.join(cwd, 'report.html'), 'utf8');
      expect(page).toMatch(/^<!doctype html>.*<\/html>\s*$/s);
      expect(page.length).toBeLessThan(3e6);
    });
  });

  it('gives the same bytes twice, into a file as on stdout', () => {
    withFolder({}, (cwd) => {
      const plan = path.join(ROOT, 'plans/chat');
      expect(plimsoll(['report', plan, '--out', 'new/first.html'], { cwd }).exitCode).toBe(0);
      const { stdout, exitCode } = plimsoll(['report', plan, '--out', '-'], { cwd });
      expect([exitCode, stdout]).toEqual([0, readFileSync(path.join(cwd, 'new/first.html'), 'utf8')]);
    });
  });

  it('prints the report as data, and then writes no page unless asked to', () => {
    withPlan({}, (cwd) => {
      const finished = plimsoll(['report', '.', '--quick', '--json'], { cwd });
      const document = jsonOf(finished).result as ReportDocument;
      expect(document.plan.stack).toBe('chat');
      expect(document.evidence.map((item) => [item.workload, item.hours.length])).toEqual([['chat', 168]]);
      expect(document.remarks).toEqual([expect.stringContaining('--quick')]);
      expect(existsSync(path.join(cwd, 'report.html'))).toBe(false);
      plimsoll(['report', '.', '--quick', '--json', '--html'], { cwd });
      expect(existsSync(path.join(cwd, 'report.html'))).toBe(true);
    });
  });

  it('shows what changed since an earlier plan, and a replay of traces', () => {
    withFolder({ 'traces.csv': TRACES }, (cwd) => {
      const plan = path.join(ROOT, 'plans/chat');
      const asked = [
        'report',
        plan,
        '--compare',
        plan,
        '--spot-trace',
        'traces.csv',
        '--duration',
        '1h',
        '--json',
      ];
      const document = jsonOf(plimsoll(asked, { cwd })).result as ReportDocument;
      expect(document.before?.diff.isEmpty).toBe(true);
      const { steps, events } = document.evidence[0]!.replay!;
      expect(steps.length * steps[1]!.at).toBeCloseTo(3600, 6);
      expect(events.some((event) => event.kind === 'reclaim' && event.place.endsWith('/us-east-1a'))).toBe(
        true,
      );
    });
  });

  it.each([
    [
      'a plan of a newer format',
      PLAN.replace(/"formatVersion": ?"[^"]+"/, '"formatVersion": "9.0"'),
      'plan-unsupported-version',
    ],
    ['a truncated plan', PLAN.slice(0, 20_000), 'engine-file-invalid'],
    ['something that is no plan', '{ "name": "chat" }', 'plan-invalid'],
  ])('refuses %s and keeps the earlier page', (_, text, code) => {
    withFolder({ 'plan.json': text, 'report.html': 'earlier' }, (cwd) => {
      const finished = plimsoll(['report', '.', '--html', '--json'], { cwd });
      expect([finished.exitCode, [...new Set(codesOf(finished))]]).toEqual([1, [code]]);
      expect(readFileSync(path.join(cwd, 'report.html'), 'utf8')).toBe('earlier');
    });
  });

  it.each([
    ['a folder', 'taken'],
    ['below a file', 'file/report.html'],
    ['where nothing can be made', '/proc/plimsoll/report.html'],
    ['a device', '/dev/null'],
  ])('refuses to write to %s and leaves what is there', (_, out) => {
    withPlan({ file: 'mine' }, (cwd) => {
      mkdirSync(path.join(cwd, 'taken'));
      writeFileSync(path.join(cwd, 'taken', 'mine'), 'mine');
      const finished = plimsoll(['report', '.', '--quick', '--html', '--out', out, '--json'], { cwd });
      expect([finished.exitCode, codesOf(finished)]).toEqual([1, ['plan-write-failed']]);
      expect(readFileSync(path.join(cwd, 'taken', 'mine'), 'utf8')).toBe('mine');
      expect(readFileSync(path.join(cwd, 'file'), 'utf8')).toBe('mine');
      expect(readdirSync(cwd).sort()).toEqual(['file', 'manifests', 'plan.json', 'report.md', 'taken']);
    });
  });

  it.each([
    ['an unknown plan', ['nowhere'], 'plan-not-found', 1],
    ['an unknown plan to compare with', ['chat', '--quick', '--compare', 'nowhere'], 'plan-not-found', 1],
    [
      'traces that are not there',
      ['chat', '--quick', '--spot-trace', 'nowhere.csv'],
      'engine-file-not-found',
      1,
    ],
    ['page and data on stdout', ['chat', '--out', '-'], 'engine-usage', 64],
    ['mappings without traces', ['chat', '--map', 'a=b'], 'engine-usage', 64],
    ['simulations in a quick report', ['chat', '--quick', '--simulate', '3'], 'engine-usage', 64],
    ['a number of simulations below zero', ['chat', '--simulate', '-1'], 'engine-usage', 64],
    ['a time limit of no duration', ['chat', '--time-limit', 'soon'], 'engine-usage', 64],
  ])('refuses %s with a code and an exit code', (_, args, code, exitCode) => {
    const finished = plimsoll(['report', ...args, '--json']);
    expect([finished.exitCode, codesOf(finished)]).toEqual([exitCode, [code]]);
    expect(finished.stdout).not.toContain('    at ');
  });
});
