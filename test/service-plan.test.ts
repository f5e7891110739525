import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkFreshness,
  comparePlans,
  explainWorkload,
  planStack,
  readPlan,
  simulatePlan,
  writePlan,
} from '../src/engine/index.ts';
import type { EngineMessage, PlannedStack } from '../src/engine/index.ts';
import { PAIR_POOL } from './support/pair-problem.ts';

/** Two services on one kind of node; the figures are made up. */
const PROBLEM = `apiVersion: plimsoll.dev/v1alpha1
name: pair
${PAIR_POOL}services:
  - id: web
    requestClasses: [{ id: all, meanRate: 40/s, peakToMean: 2, peakHour: 12 }]
    calls: [{ service: store }]
    performance:
      queueing:
        sizes: [{ requests: { cpu: 500m, memory: 256Mi } }, { requests: { cpu: '1', memory: 256Mi } }]
        cpuTime: 5ms
    slo: { response: { p99: 300ms }, tolerates: node }
    team: shop
  - id: store
    performance: { fixed: { resources: { requests: { cpu: 250m, memory: 512Mi } }, replicas: 2 } }
`;

const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-services-'));
const messages: EngineMessage[] = [];
const host = {
  workingDirectory: folder,
  today: '2026-11-21',
  emit: (message: EngineMessage) => {
    messages.push(message);
  },
  elapsedSeconds: () => 0,
};
let planned: PlannedStack;

beforeAll(async () => {
  writeFileSync(path.join(folder, 'pair.yaml'), PROBLEM);
  const outcome = await planStack('pair.yaml', { maxWindows: 2 }, host);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  planned = outcome.value;
  const written = await writePlan(planned.plan, planned.manifests, {
    folder: path.join(folder, 'plans/pair'),
    host,
  });
  if (!written.ok) throw new Error(JSON.stringify(written.diagnostics));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a problem of services', () => {
  it('is planned, with the requests that reach each service and every cent on a line', () => {
    const { plan } = planned;
    expect(plan.decision.services?.map((item) => item.workload)).toEqual(['store', 'web']);
    expect(plan.serviceTraffic?.map((item) => [item.workload, item.meanRate, item.peakRate])).toEqual([
      ['store', expect.closeTo(40, 6), expect.closeTo(80, 6)],
      ['web', expect.closeTo(40, 6), expect.closeTo(80, 6)],
    ]);
    expect(plan.cost.totalPerMonth).toBe(plan.decision.objectivePerMonth);
    expect(plan.applicable).toBe(true);
  });

  it('has as many windows as asked for, and records that', () => {
    expect(planned.plan.decision.windows).toHaveLength(2);
    expect(planned.plan.inputs.flags).toEqual({ 'max-windows': '2' });
  });

  it('tells its progress by window', () => {
    expect(messages).toContainEqual(
      expect.objectContaining({ kind: 'progress', stage: 'place', done: 2, total: 2 }),
    );
  });

  it('is read back as it was written, fresh, and without differences when planned again', async () => {
    const stored = await readPlan('pair', host);
    expect(stored).toMatchObject({ ok: true, diagnostics: [] });
    expect(stored.ok && stored.value.plan).toEqual(planned.plan);
    expect(await checkFreshness(planned.plan, 'plan.json', host)).toMatchObject({ ok: true });
    const compared = await comparePlans(['pair.yaml'], {}, host);
    expect(compared.ok && compared.value.diff.isEmpty).toBe(true);
  });

  it('is stale once its requests change', async () => {
    const changed = { ...planned.plan, inputs: { ...planned.plan.inputs, stackFile: 'more.yaml' } };
    writeFileSync(path.join(folder, 'more.yaml'), PROBLEM.replace('40/s', '44/s'));
    const { diagnostics } = await checkFreshness(changed, 'plan.json', host);
    expect(diagnostics[0]?.summary).toContain('traffic');
  });

  it('is explained by service', async () => {
    const found = await explainWorkload('web', undefined, host);
    expect(found.ok && found.value.decision).toMatchObject({ kind: 'service', value: { workload: 'web' } });
    const unknown = await explainWorkload('wbe', 'pair', host);
    expect(unknown.diagnostics[0]).toMatchObject({
      code: 'plan-unknown-workload',
      fix: expect.stringContaining('"web"') as string,
    });
  });

  it('is not simulated request by request, and says what tells its response times', async () => {
    const { ok, diagnostics } = await simulatePlan('pair', {}, host);
    expect(ok).toBe(false);
    expect(diagnostics[0]?.fix).toContain('plimsoll explain');
  });

  it('that has no node large enough is refused with the reason and the next step', async () => {
    writeFileSync(path.join(folder, 'large.yaml'), PROBLEM.replace('cpu: 250m', "cpu: '64'"));
    const { ok, diagnostics } = await planStack('large.yaml', {}, host);
    expect(ok).toBe(false);
    expect(diagnostics.filter((item) => item.severity === 'error')).toMatchObject([
      {
        code: 'optimize-infeasible',
        path: 'placement/store',
        fix: expect.stringContaining('larger nodes') as string,
      },
    ]);
  });
});
