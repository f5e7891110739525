import { describe, expect, it } from 'vitest';
import type { SearchOptions, SearchResult } from '../../optimize/index.ts';
import { joules, microUsd, seconds, usdPerHour } from '../../units/index.ts';
import type { EngineMessage } from '../messages.ts';
import { quietHost } from '../testing/host.ts';
import { searchBy } from './search-cluster.ts';
import type { SearchClusterOptions } from './search-options.ts';
import { onePlan, recordingSearch } from './testing/found-plans.ts';

const OPTIONS: SearchClusterOptions = {
  model: 'meta-llama/Llama-3.1-70B-Instruct',
  cluster: [{ accelerators: 8, name: 'h100_sxm' }],
  isl: 1000,
  osl: 300,
  requestRate: 4,
  limits: [
    { metric: 'ttft', percentile: 'p99', limit: seconds(1) },
    { metric: 'tpot', percentile: 'p99', limit: seconds(0.05) },
  ],
};

/** A search in which the plan costs 10,000 USD, and 15,000 with safety. */
const finding = () =>
  recordingSearch((request, { safety }) => {
    const plan = onePlan(request, safety === undefined ? 10_000 : 15_000);
    return { plans: [plan], pareto: [plan], leastEnergy: plan, leastLatency: plan };
  });

async function asked(changes: Partial<SearchClusterOptions>) {
  const search = finding();
  const outcome = await searchBy({ ...OPTIONS, ...changes }, search, quietHost());
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return { report: outcome.value.report, requests: search.asked.map(([request]) => request), search };
}

async function codes(changes: Partial<SearchClusterOptions>, result: Partial<SearchResult> = {}) {
  const outcome = await searchBy(
    { ...OPTIONS, ...changes },
    recordingSearch(() => result),
    quietHost(),
  );
  return outcome.diagnostics.map((item) => `${item.code} ${item.path}`.trim());
}

describe('searchBy', () => {
  it('asks for the stated lengths, load, limits and accelerators, and serves the longest request', async () => {
    const { requests, report } = await asked({});
    const [request] = requests;
    expect(request?.load).toEqual({ kind: 'rate', rate: 4 });
    expect(request?.accelerators).toEqual({ 'h100-sxm': 8 });
    expect(request?.workload.profile.lengths).toEqual({
      inputQuantiles: [1000, 1000],
      outputQuantiles: [[300, 300]],
    });
    expect(request?.workload.workload).toMatchObject({
      maxModelLength: 2048,
      serving: 'any',
      engines: ['vllm'],
    });
    expect(request?.modes).toEqual(['aggregated', 'disaggregated']);
    expect(request?.offerings.map((offering) => offering.instanceType.name)).toEqual(['p5.48xlarge']);
    expect(report.cluster[0]?.pricePerAcceleratorHour).toBeCloseTo(6.88, 9);
    expect(report.plans[0]).toMatchObject({ costPerMonth: 10_000, accelerators: 2 });
  });

  it('strives for cost with a demand, cost per token without, and for accelerators where no price is known', async () => {
    const objective = async (changes: Partial<SearchClusterOptions>) =>
      (await asked(changes)).report.objective;
    const unpriced = [{ accelerators: 8, name: 'gb300' }];
    const { requestRate, ...open } = OPTIONS;
    expect(requestRate).toBe(4);
    const most = await searchBy(open, finding(), quietHost());
    expect(most.ok && [most.value.report.objective, most.value.report.load.kind]).toEqual([
      'cost-per-token',
      'most',
    ]);
    expect(await objective({})).toBe('cost');
    expect(await objective({ cluster: unpriced })).toBe('accelerators');
    expect(await objective({ cluster: unpriced, price: usdPerHour(3) })).toBe('cost');
    expect(await objective({ objective: 'energy' })).toBe('energy');
  });

  it('tells no money where no price is known', async () => {
    const { report } = await asked({ cluster: [{ accelerators: 8, name: 'gb300' }] });
    expect(report.isPriced).toBe(false);
    expect(report.plans[0]).not.toHaveProperty('costPerMonth');
    expect(report.cluster[0]).not.toHaveProperty('pricePerAcceleratorHour');
  });

  it('draws from a profile at one rate in every hour, with its bursts unless stated', async () => {
    const { isl, osl, ...rest } = OPTIONS;
    expect([isl, osl]).toEqual([1000, 300]);
    const search = finding();
    await searchBy({ ...rest, profile: 'azure-llm-2023-conversation', burstiness: 3 }, search, quietHost());
    const profile = search.asked[0]?.[0].workload.profile;
    expect(new Set(profile?.hourlyRate)).toEqual(new Set([4]));
    expect(profile?.arrivals.cv).toBe(3);
  });

  it('takes clients of a closed loop, and both kinds of limits', async () => {
    const { requestRate, ...closed } = OPTIONS;
    expect(requestRate).toBe(4);
    const search = finding();
    const limits = { costPerMonth: microUsd(5e10), latency: seconds(20), energyPerOutputToken: joules(3) };
    const outcome = await searchBy({ ...closed, clients: 32, objectiveLimits: limits }, search, quietHost());
    expect(search.asked[0]?.[0]).toMatchObject({ load: { kind: 'concurrency', clients: 32 }, limits });
    expect(outcome.ok && outcome.value.report.limits.map((item) => [item.name, item.value])).toEqual([
      ['cost', 50_000],
      ['latency', 20],
      ['energy', 3],
    ]);
  });

  it('searches twice at a confidence, in the time there is, and tells what the safety costs', async () => {
    const { report, search } = await asked({ confidence: 0.9, timeLimitSeconds: 10 });
    const limits = search.asked.map(
      ([, options]: readonly [unknown, SearchOptions]) => options.timeLimitSeconds,
    );
    expect(limits).toEqual([4, 6]);
    expect(search.asked[0]?.[1].safety).toBeUndefined();
    expect(search.asked[1]?.[1].safety?.level).toBe(0.9);
    expect(report.confidence).toMatchObject({ level: 0.9, costWithout: 10_000, extraCost: 5000 });
    expect(report.confidence?.factors.ttft).toBeGreaterThan(1);
  });

  it('says what was chosen, and nothing of what was stated', async () => {
    const chosen = (await asked({})).report.assumptions.join('\n');
    expect(chosen).toMatch(/Formats of the weights: .*\n.*Engine: vllm/);
    const stated = (
      await asked({ precisions: ['fp8'], engines: ['sglang'], maxModelLength: 4096 })
    ).report.assumptions.join('\n');
    expect(stated).not.toMatch(/Formats|Engine:|Sequences up to/);
  });

  it('tells its host how far it is', async () => {
    const messages: EngineMessage[] = [];
    const search = recordingSearch((request, options) => {
      options.onProgress?.({ stage: 'race', done: 3, total: 9, share: 0.3, best: 'x' });
      return { plans: [onePlan(request, 1)] };
    });
    await searchBy(OPTIONS, search, { ...quietHost(), emit: (message) => messages.push(message) });
    expect(messages).toContainEqual(
      expect.objectContaining({ stage: 'race', done: 3, total: 9, detail: 'best so far x' }),
    );
  });

  it('warns when the time ran out before all was looked at', async () => {
    const search = recordingSearch((request) => ({
      plans: [onePlan(request, 1)],
      proof: {
        enumerated: 9,
        left: { 'not-measured': 4 },
        simulated: 5,
        simulations: 9,
        requests: 9,
        isComplete: false,
      },
    }));
    const outcome = await searchBy({ ...OPTIONS, timeLimitSeconds: 5 }, search, quietHost());
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['optimize-time-limit']);
    expect(outcome.diagnostics[0]?.summary).toContain('4 candidates');
  });
});

describe('bad input of a search', () => {
  it.each<readonly [string, Partial<SearchClusterOptions>, readonly string[]]>([
    ['an unknown model', { model: 'llama-3.1-70b-instrct' }, ['catalog-unknown-model --model']],
    [
      'unknown names, all at once',
      { model: 'nope', cluster: [{ accelerators: 1, name: 'nope' }] },
      ['catalog-unknown-model --model', 'catalog-unknown-accelerator --cluster'],
    ],
    ['two demands', { clients: 3 }, ['engine-usage']],
    ['two sources of requests', { profile: 'sharegpt' }, ['engine-usage']],
    ['no latency limit', { limits: [] }, ['engine-usage']],
    ['two clusters', { instanceType: 'p5.48xlarge' }, ['engine-usage']],
    ['nodes of nothing', { nodes: 2 }, ['engine-usage --nodes']],
    [
      'a price of several kinds',
      {
        price: usdPerHour(1),
        cluster: [
          { accelerators: 8, name: 'h100' },
          { accelerators: 8, name: 'l40s' },
        ],
      },
      ['engine-usage --price'],
    ],
    [
      'limits that contradict each other',
      {
        limits: [
          { metric: 'ttft', percentile: 'p50', limit: seconds(2) },
          { metric: 'ttft', percentile: 'p99', limit: seconds(1) },
        ],
      },
      ['model-slo-impossible --ttft-p99'],
    ],
    [
      'money without a price',
      { cluster: [{ accelerators: 8, name: 'gb300' }], objective: 'cost' },
      ['catalog-no-price --price'],
    ],
    ['requests longer than the model takes', { isl: 200_000 }, ['traffic-too-long --model']],
    [
      'requests longer than what is served',
      { maxModelLength: 1024 },
      ['model-out-of-range --max-model-length'],
    ],
    [
      'no such trace',
      { isl: undefined, osl: undefined, trace: 'nowhere.csv' } as never,
      ['engine-file-not-found'],
    ],
  ])('is told: %s', async (_, changes, expected) => {
    expect(await codes(changes)).toEqual(expected);
  });

  it('names a demand where the objective needs one', async () => {
    const { requestRate, ...open } = OPTIONS;
    expect(requestRate).toBe(4);
    const outcome = await searchBy({ ...open, objective: 'cost' }, finding(), quietHost());
    expect(outcome.diagnostics.map((item) => item.path)).toEqual(['--objective']);
  });
});

describe('a search without a plan', () => {
  const rejection = { candidate: 'a/b/c', workload: 'a', pool: 'b' } as const;

  it('names the binding limit and the nearest change with its cost', async () => {
    const result = {
      binding: [
        {
          constraint: 'tpot.p99',
          description: 'at best 62 ms',
          relaxation: { change: 'raise tpot.p99 to 62 ms', perMonth: microUsd(1e10) },
        },
      ],
      rejected: [{ ...rejection, reason: 'slo-not-met', detail: 'tpot.p99 is 62 ms' }],
    } as const;
    expect(await codes({}, result)).toEqual(['optimize-no-candidate --tpot-p99']);
    const outcome = await searchBy(
      OPTIONS,
      recordingSearch(() => result),
      quietHost(),
    );
    expect(outcome.diagnostics[0]?.fix).toBe(
      'Raise --tpot-p99 to 62 ms: a plan then costs 10,000.00 USD/month.',
    );
    expect(outcome.diagnostics[0]?.summary).toContain('on 8 × h100-sxm: at best 62 ms');
  });

  it('is due to the candidates where some are dominated by others that fail', async () => {
    const rejected = [
      { ...rejection, reason: 'step-exceeds-tpot', detail: 'a step takes 9 ms' },
      { ...rejection, reason: 'dominated', detail: 'another is at least as fast' },
    ] as const;
    expect(await codes({}, { rejected })).toEqual(['optimize-no-candidate --cluster']);
  });

  it('tells the candidate that came furthest where no limit is named', async () => {
    const rejected = [
      { ...rejection, reason: 'out-of-memory', detail: 'needs 142 GiB of 80 GiB' },
      { ...rejection, reason: 'kv-too-small', detail: 'one sequence takes more than there is' },
    ] as const;
    const outcome = await searchBy(
      OPTIONS,
      recordingSearch(() => ({ rejected })),
      quietHost(),
    );
    expect(outcome.diagnostics[0]).toMatchObject({ code: 'optimize-no-candidate', path: '--cluster' });
    expect(outcome.diagnostics[0]?.summary).toContain('one sequence takes more');
    expect(outcome.diagnostics[0]?.fix).toContain('--kv fp8');
  });

  it('is infeasible, not without candidates, where a limit beside the SLO decides', async () => {
    const rejected = [{ ...rejection, reason: 'limit-exceeded', detail: 'costs too much' }] as const;
    expect(await codes({}, { rejected })).toEqual(['optimize-infeasible --cluster']);
  });

  it('does not call impossible what it had no time for', async () => {
    const proof = { enumerated: 9, left: {}, simulated: 0, simulations: 0, requests: 0, isComplete: false };
    expect(await codes({}, { proof })).toEqual(['optimize-infeasible --budget']);
    const binding = [{ constraint: 'accelerators/h', description: 'they carry 2 requests/s' }];
    const outcome = await searchBy(
      OPTIONS,
      recordingSearch(() => ({ proof, binding })),
      quietHost(),
    );
    expect(outcome.diagnostics[0]).toMatchObject({ code: 'optimize-infeasible', path: '--cluster' });
    expect(outcome.diagnostics[0]?.detail).toContain('there may be a plan');
  });
});
