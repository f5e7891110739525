/**
 * Serving on spot capacity: what a fleet costs and how many requests it serves in time under availability traces, by policy.
 *
 *     npm run bench:spot-serving -- --data DIR [--hours 1200] [--case NAME] [--json]
 *
 * DIR holds `spot/skypilot-spot-traces.csv.gz`, `llm/azure-llm-2023-conv.csv.gz` and `llm/mooncake-conversation.jsonl.gz` (default
 * `../shared/data`). A case is a campaign of traces (its zones of one instance type), a load of a third or two thirds of the nodes
 * that its zones ever gave, and a kind of requests. Azure's conversations follow the hours of a day, Mooncake's come evenly; both
 * samples are repeated and stretched. Every policy runs on the same requests, zones, prices, replicas and line of requests:
 * all on demand; fixed fallback (half on demand); SpotHedge with one and with two spare replicas; the adaptive policy of
 * `src/optimize/spot-serving`. Cost is relative to all on demand; attainment is the share of requests whose first token comes in
 * time. JSON: every case, and ours against SpotHedge (one spare): `cheaperShare`, `worstCostRatio`, `meanCostRatio`,
 * `worstAttainmentDelta`, `meanAttainmentDelta` (shares, ours − theirs), the same against two spares, and
 * `spotHedgeMeanCostShare`, to be held against the 43 % that SpotHedge's authors save on the mean.
 */
import { parseArgs } from 'node:util';
import { adaptiveFleet } from '../src/optimize/index.ts';
import { onDemandOnly, simulateSpotFleet } from '../src/sim/index.ts';
import type { FleetPolicy, SpotFleetReport } from '../src/sim/index.ts';
import { fixedFallback } from './baselines/fixed-fallback.ts';
import { spotHedge } from './baselines/spot-hedge.ts';
import { campaignTraces, neededAt, servedRequests, servingCases, streamOf } from './spot-serving-cases.ts';
import type { ServingCase } from './spot-serving-cases.ts';

/** Share of the replicas that fixed fallback holds on demand. */
const FIXED_SHARE = 0.5;
/** Attainments that differ by less are equal: a request in ten thousand. */
const EQUAL = 1e-4;

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['PLIMSOLL_DATA'] ?? '../shared/data' },
    hours: { type: 'string', default: '1200' },
    case: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

/** What a policy did in a case. */
interface PolicyFigures {
  readonly policy: string;
  readonly costUsd: number;
  /** Over the cost of all on demand. */
  readonly costShare: number;
  readonly attainment: number;
  readonly ttftP99: number;
  readonly timedOut: number;
  readonly retried: number;
  readonly reclaimed: number;
  readonly fullCapacityShare: number;
  readonly onDemandHours: number;
  readonly spotHours: number;
  readonly cpuSeconds: number;
}

/** A case with all policies. */
interface CaseFigures {
  readonly case: string;
  readonly zones: number;
  readonly replicas: number;
  readonly hours: number;
  readonly requests: number;
  readonly policies: readonly PolicyFigures[];
}

const started = process.cpuUsage();
const traces = campaignTraces(values.data);
if (traces === undefined) fail(`${values.data}/spot/skypilot-spot-traces.csv.gz does not exist`);
const served = await servedRequests(values.data).catch((error: unknown) =>
  fail(error instanceof Error ? error.message : String(error)),
);
const cases = servingCases(traces, served, Number(values.hours)).filter(({ name }) =>
  name.includes(values.case),
);
if (cases.length === 0) fail(`no case is called "${values.case}"`);
const figures: CaseFigures[] = [];
for (const one of cases) {
  process.stderr.write(`${one.name}\n`);
  figures.push(measure(one));
}
report();

function fail(message: string): never {
  console.error(`${message}; give the folder of the data with --data DIR`);
  process.exit(1);
}

function policiesOf({ ratePerReplica, replicas, requests }: ServingCase): readonly FleetPolicy[] {
  const target = { ratePerReplica, initial: replicas };
  const { capacity, law, ttftLimit } = requests;
  return [
    onDemandOnly(target),
    fixedFallback(target, FIXED_SHARE),
    spotHedge(target, 1),
    spotHedge(target, 2, 'spot-hedge-2'),
    adaptiveFleet({
      target,
      capacity,
      slots: law.slots,
      initialLoad: (replicas * ratePerReplica) / capacity,
      patience: ttftLimit - law.firstToken(meanInput(requests.columns.isl), 1),
    }),
  ];
}

function meanInput(isl: Int32Array): number {
  return isl.reduce((sum, tokens) => sum + tokens, 0) / isl.length;
}

function measure(one: ServingCase): CaseFigures {
  let onDemandCost = 0;
  let arrived = 0;
  const policies = policiesOf(one).map((policy): PolicyFigures => {
    const before = process.cpuUsage();
    const run = simulateSpotFleet({
      offerings: one.offerings,
      requests: streamOf(one),
      policy,
      seconds: one.seconds,
      limits: { ttft: one.requests.ttftLimit },
      needed: (at) => neededAt(one, at),
    });
    const { user, system } = process.cpuUsage(before);
    if (policy.name === 'on-demand') onDemandCost = run.cost;
    arrived = run.requests.arrived;
    return policyFigures(run, onDemandCost, (user + system) / 1e6);
  });
  const { name, zones, replicas } = one;
  return { case: name, zones, replicas, hours: one.seconds / 3600, requests: arrived, policies };
}

function policyFigures(run: SpotFleetReport, onDemandCost: number, cpuSeconds: number): PolicyFigures {
  return {
    policy: run.policy,
    costUsd: Math.round(run.cost / 1e4) / 100,
    costShare: rounded(run.cost / onDemandCost),
    attainment: rounded(run.attainment),
    ttftP99: rounded(run.ttft.p99),
    timedOut: run.requests.timedOut,
    retried: run.requests.retried,
    reclaimed: run.offerings.reduce((sum, use) => sum + use.reclaimed, 0),
    fullCapacityShare: rounded(run.fullCapacityShare),
    onDemandHours: Math.round(run.onDemandHours),
    spotHours: Math.round(run.spotHours),
    cpuSeconds,
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Ours against a rival over all cases. */
function against(rival: string): Readonly<Record<string, number>> {
  const pairs = figures.map(({ policies }) => {
    const ours = policies.find(({ policy }) => policy === 'adaptive')!;
    const theirs = policies.find(({ policy }) => policy === rival)!;
    return {
      cost: ours.costUsd / theirs.costUsd,
      attainment: ours.attainment - theirs.attainment,
    };
  });
  const mean = (pick: (pair: (typeof pairs)[number]) => number): number =>
    rounded(pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length);
  return {
    cheaperShare: mean(({ cost }) => (cost < 1 ? 1 : 0)),
    attainsShare: mean(({ attainment }) => (attainment >= -EQUAL ? 1 : 0)),
    worstCostRatio: rounded(Math.max(...pairs.map(({ cost }) => cost))),
    meanCostRatio: mean(({ cost }) => cost),
    worstAttainmentDelta: rounded(Math.min(...pairs.map(({ attainment }) => attainment))),
    meanAttainmentDelta: mean(({ attainment }) => attainment),
  };
}

function meanCostShare(policy: string): number {
  const shares = figures.map(({ policies }) => policies.find((item) => item.policy === policy)!.costShare);
  return rounded(shares.reduce((sum, share) => sum + share, 0) / shares.length);
}

function report(): void {
  const { user, system } = process.cpuUsage(started);
  const summary = {
    benchmark: 'spot-serving',
    ...against('spot-hedge'),
    againstTwoSpares: against('spot-hedge-2'),
    againstOnDemand: against('on-demand'),
    oursMeanCostShare: meanCostShare('adaptive'),
    spotHedgeMeanCostShare: meanCostShare('spot-hedge'),
    spotHedgePublishedCostShare: 0.57,
    fixedFallbackMeanCostShare: meanCostShare('fixed-fallback'),
    cpuSeconds: (user + system) / 1e6,
    cases: figures,
  };
  if (values.json) {
    console.log(JSON.stringify(summary));
    return;
  }
  for (const { case: name, policies } of figures) {
    console.log(name);
    for (const row of policies) {
      console.log(
        `  ${row.policy.padEnd(15)} cost ${(100 * row.costShare).toFixed(1).padStart(6)} %  in time ${(100 * row.attainment).toFixed(3).padStart(7)} %  p99 ${row.ttftP99.toFixed(2).padStart(6)} s  given up ${row.timedOut}`,
      );
    }
  }
  const { cases: _cases, ...totals } = summary;
  console.log(JSON.stringify(totals, null, 2));
}
