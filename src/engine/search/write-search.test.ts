import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../diagnostics/index.ts';
import type { PlanDocument, ServingPlan } from '../../model/index.ts';
import { searchPlans } from '../../optimize/index.ts';
import { seconds, usdPerHour } from '../../units/index.ts';
import { checkFreshness } from '../freshness.ts';
import { loadStack } from '../load-stack.ts';
import { readPlan } from '../plan-folder.ts';
import { quietHost } from '../testing/host.ts';
import { searchBy } from './search-cluster.ts';
import type { SearchClusterOptions } from './search-options.ts';
import { onePlan, recordingSearch } from './testing/found-plans.ts';
import { writeSearch } from './write-search.ts';

const OPTIONS: SearchClusterOptions = {
  model: 'llama-3.1-70b-instruct',
  cluster: [{ accelerators: 8, name: 'h100_sxm' }],
  isl: 1000,
  osl: 300,
  requestRate: 4,
  limits: [
    { metric: 'tpot', percentile: 'p99', limit: seconds(0.05) },
    { metric: 'ttft', percentile: 'p99', limit: seconds(1) },
  ],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-search-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function written(
  changes: Partial<SearchClusterOptions>,
  change: (plan: ServingPlan) => ServingPlan = (plan) => plan,
): Promise<Outcome<PlanDocument>> {
  const search = recordingSearch((request) => {
    const plan = change(onePlan(request, 10_000));
    return { plans: [plan], pareto: [plan] };
  });
  const host = quietHost(folder);
  const searched = await searchBy({ ...OPTIONS, ...changes }, search, host);
  if (!searched.ok) throw new Error(searched.diagnostics.map((item) => item.summary).join('\n'));
  return writeSearch(searched.value, 'plans/search', host);
}

async function planOf(
  changes: Partial<SearchClusterOptions>,
  change?: (plan: ServingPlan) => ServingPlan,
): Promise<PlanDocument> {
  const plan = await written(changes, change);
  if (!plan.ok) throw new Error(plan.diagnostics.map((item) => item.summary).join('\n'));
  return plan.value;
}

describe('writeSearch', () => {
  it('writes a plan of the replicas found, on whole nodes, in which every constraint holds', async () => {
    const plan = await planOf({});
    expect(
      plan.decision.allocations.map((item) => [item.candidate.parallelism.tensorParallel, item.replicas]),
    ).toEqual([[2, { w0: { 'us-east-1a': 1 } }]]);
    expect(plan.decision.nodes.map((item) => item.nodes)).toEqual([{ w0: 1 }]);
    expect(plan.decision.checks.filter((check) => !check.holds)).toEqual([]);
    expect(plan.cost.totalPerMonth).toBe(plan.decision.objectivePerMonth);
    expect(plan.decision.workloads[0]?.counts.enumerated).toBe(10);
    expect(plan.applicable).toBe(true);
    for (const name of ['plan.json', 'problem.yaml', 'report.md', 'manifests'])
      expect(existsSync(path.join(folder, 'plans/search', name))).toBe(true);
  });

  it('leaves a plan that is fresh by the problem beside it, until that changes', async () => {
    await planOf({
      burstiness: 2,
      prefixHitRate: 0.3,
      lengthSpread: 0.2,
      cluster: [{ accelerators: 4, name: 'h100' }],
    });
    const host = quietHost(folder);
    const stored = await readPlan('plans/search', host);
    if (!stored.ok) throw new Error('unreachable');
    const fresh = await checkFreshness(stored.value.plan, stored.value.shown, host);
    expect(fresh.diagnostics).toEqual([]);
    const file = path.join(folder, 'plans/search/problem.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('meanRate: 4/s', 'meanRate: 5/s'));
    const stale = await checkFreshness(stored.value.plan, stored.value.shown, host);
    expect(stale.diagnostics.map((item) => item.code)).toEqual(['plan-stale']);
  });

  it('names traces, calibrations and catalogues from the folder of the plan', async () => {
    writeFileSync(
      path.join(folder, 'trace.csv'),
      `arrival,isl,osl\n${Array.from({ length: 400 }, (_, i) => `${i / 4},${500 + (i % 7)},100`).join('\n')}\n`,
    );
    const { isl, osl, ...rest } = OPTIONS;
    expect([isl, osl]).toEqual([1000, 300]);
    const host = quietHost(folder);
    const search = recordingSearch((request) => ({ plans: [onePlan(request, 1)] }));
    const searched = await searchBy({ ...rest, trace: 'trace.csv' }, search, host);
    if (!searched.ok) throw new Error('unreachable');
    expect((await writeSearch(searched.value, 'plans/search', host)).ok).toBe(true);
    const stack = await loadStack('plans/search/problem.yaml', host);
    expect(stack.ok && stack.value.document.workloads[0]?.traffic.trace?.file).toBe('../../trace.csv');
    const stored = await readPlan('plans/search', host);
    expect(stored.ok && (await checkFreshness(stored.value.plan, 'plan', host)).ok).toBe(true);
  });

  it('plans for the rate of the clients, and for the capacity where no load is stated', async () => {
    const { requestRate, ...open } = OPTIONS;
    expect(requestRate).toBe(4);
    const rateOf = async (
      changes: Partial<SearchClusterOptions>,
      found: Partial<ServingPlan>,
    ): Promise<number> => {
      const search = recordingSearch((request) => ({ plans: [{ ...onePlan(request, 1), ...found }] }));
      const host = quietHost(folder);
      const searched = await searchBy({ ...open, ...changes }, search, host);
      const plan = searched.ok ? await writeSearch(searched.value, 'plans/search', host) : searched;
      if (!plan.ok) throw new Error(plan.diagnostics.map((item) => item.summary).join('\n'));
      return plan.value.decision.windows[0]?.peakRate['llama-3-1-70b-instruct'] ?? 0;
    };
    // The evidence of the sample shows 4 requests/s; its capacity is 4.8 of them.
    const capacity = { value: 40, low: 38, high: 42 };
    expect(await rateOf({ clients: 32 }, { load: 32, capacity })).toBe(4);
    expect(await rateOf({}, {})).toBe(4.8);
  });

  it('keeps what the confidence is and costs', async () => {
    const { decision } = await planOf({ confidence: 0.9 });
    expect(decision.workloads[0]?.confidence).toMatchObject({ level: 0.9, extraCost: 0 });
  });

  it.each<readonly [string, Partial<SearchClusterOptions>, (plan: ServingPlan) => ServingPlan, string]>([
    [
      'no price is known',
      { cluster: [{ accelerators: 8, name: 'gb300' }] },
      (plan) => plan,
      'catalog-no-price',
    ],
    [
      'no engine runs it',
      {},
      (plan) => ({
        ...plan,
        parts: plan.parts.map((part) => ({
          ...part,
          candidate: { ...part.candidate, notExecutable: 'vllm cannot' },
        })),
      }),
      'synth-unsupported',
    ],
    [
      'its whole nodes cost more than is allowed',
      { objectiveLimits: { costPerMonth: (20_000 * 1e6) as never } },
      (plan) => plan,
      'optimize-answer-rejected',
    ],
  ])('writes nothing where %s', async (_, changes, change, code) => {
    const plan = await written(changes, change);
    expect(plan.diagnostics.map((item) => item.code)).toEqual([code]);
    expect(existsSync(path.join(folder, 'plans'))).toBe(false);
  });
});

describe('a whole search', () => {
  it('of a small space finds plans within the SLO and writes the best one', async () => {
    const host = quietHost(folder);
    const searched = await searchBy(
      {
        ...OPTIONS,
        model: 'llama-3.1-8b-instruct',
        cluster: [{ accelerators: 1, name: 'l40s' }],
        price: usdPerHour(1),
        precisions: ['fp8'],
        kvPrecisions: ['bf16'],
        serving: 'aggregated',
        isl: 300,
        osl: 50,
      },
      { searchPlans },
      host,
    );
    if (!searched.ok) throw new Error(searched.diagnostics.map((item) => item.summary).join('\n'));
    const { report } = searched.value;
    expect(report.plans[0]).toMatchObject({ accelerators: 1, costPerMonth: 730 });
    for (const plan of report.plans) {
      expect(plan.latency.tpot.p99.value).toBeLessThanOrEqual(0.05);
      expect(plan.capacity.value).toBeGreaterThanOrEqual(4);
    }
    expect(report.proof.isComplete).toBe(true);
    const plan = await writeSearch(searched.value, 'small', host);
    expect(plan.ok && plan.value.cost.totalPerMonth).toBe(730e6);
  });
});
