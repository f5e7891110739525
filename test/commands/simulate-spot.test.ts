import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SpotSimulationReport } from '../../src/report/index.ts';
import { plimsoll } from '../support/run-command.ts';

const FOLDER = mkdtempSync(path.join(tmpdir(), 'plimsoll-spot-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** Two zones of the committed plan: one taken away for an hour, one that lasts. */
const TRACE = path.join(FOLDER, 'traces.csv');
writeFileSync(
  TRACE,
  [
    'kind,nodes_requested,campaign,zone_and_type,gap_seconds,start_tick,run_length_ticks,available_nodes',
    'availability,1,t,us-east-1a_p5.48xlarge,300,0,12,1',
    'availability,1,t,us-east-1a_p5.48xlarge,300,12,12,0',
    'availability,1,t,us-east-1a_p5.48xlarge,300,24,24,1',
    'availability,1,t,us-east-1b_p5.48xlarge,300,0,48,1',
    '',
  ].join('\n'),
);

describe('simulate --spot-trace', () => {
  it('replays traces of the plan’s own zones and tells cost, attainment and reclaims as JSON', () => {
    const { stdout, exitCode } = plimsoll(['simulate', 'chat', '--spot-trace', TRACE, '--json']);
    expect(exitCode).toBe(0);
    const { result } = JSON.parse(stdout) as { result: readonly SpotSimulationReport[] };
    const report = result[0]!;
    expect(report.fleet.seconds).toBe(4 * 3600);
    expect(report.fleet.requests.served + report.fleet.requests.timedOut).toBe(report.fleet.requests.arrived);
    expect(report.fleet.offerings.some((use) => use.reclaimed > 0)).toBe(true);
    expect(report.costShare).toBeGreaterThan(0.2);
    expect(report.costShare).toBeLessThan(1);
    expect(report.traces.map((item) => item.offering)).toEqual([
      'h100/us-east-1a/spot',
      'h100/us-east-1b/spot',
    ]);
  });

  it('prints tables, one sentence last, and draws a chart', () => {
    const chart = path.join(FOLDER, 'chart.svg');
    const { stdout, exitCode } = plimsoll(['simulate', 'chat', '--spot-trace', TRACE, '--chart', chart]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('OF ALL ON DEMAND');
    expect(stdout).toMatch(/chat costs [\d.]+ % of all on demand/);
    expect(readFileSync(chart, 'utf8')).toContain('Replay on spot capacity');
  });

  it('names the choices where no trace tells of an offering', () => {
    const other = path.join(FOLDER, 'other.csv');
    writeFileSync(other, readFileSync(TRACE, 'utf8').replaceAll('us-east-1b', 'us-west-9z'));
    const { stderr, exitCode } = plimsoll(['simulate', 'chat', '--spot-trace', other]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain('spot-trace-unmatched');
    expect(stderr).toContain('--map t/us-east-1a_p5.48xlarge=h100/us-east-1b');
  });

  it('refuses a load of its own', () => {
    const { exitCode, stderr } = plimsoll(['simulate', 'chat', '--spot-trace', TRACE, '--rate', '4']);
    expect(exitCode).toBe(64);
    expect(stderr).toContain('--rate');
  });
});
