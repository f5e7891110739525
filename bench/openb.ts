/**
 * Online packing of GPU pods on the Alibaba GPU trace of 2023 (openb), against FGD and the other policies of its experiments.
 *
 *     npm run bench:openb -- --data DIR --json [--list NAME]... [--seeds N] [--policy NAME]...
 *
 * DIR holds `packing/openb` (default `../shared/data`); every `openb_pod_list_*.csv(.gz)` there is a case. Per list and seed
 * (42 and up, 10 of them) the pods arrive one by one until 130 % of the GPUs are asked for; each is placed at once or fails,
 * none moves, and no policy turns away a pod that fits. All policies see the same arrivals and the same order of nodes.
 * `bid-price` is ours and knows the mix of the list, as FGD does; `bid-price-learning` starts without it.
 * Prints per list and policy the allocated GPU per cent at 100 % and 130 % arrived demand, ours less FGD by seed with its
 * standard error, and the means that the authors of FGD published. `worstMargin` is the least mean difference over lists,
 * the two demands and both FGDs (ours and the published one). `offline` knows all pods before, may order them and leave pods
 * out: a greedy one and an upper bound, both of another game and flagged so. About 3 CPU seconds per list and seed.
 */
import { parseArgs } from 'node:util';
import {
  bidPricePolicy,
  ClusterState,
  countShapes,
  gpuBound,
  gpuMilliOf,
  placeArrivals,
  shareValues,
} from '../src/optimize/online-packing/index.ts';
import type { ClusterNode, OnlinePolicyFactory, PodShape } from '../src/optimize/online-packing/index.ts';
import { randomStream } from '../src/random/index.ts';
import { bestFit } from './baselines/best-fit.ts';
import { dotProduct } from './baselines/dot-product.ts';
import { fgd } from './baselines/fgd.ts';
import { gpuClustering } from './baselines/gpu-clustering.ts';
import { gpuPacking } from './baselines/gpu-packing.ts';
import { randomFit } from './baselines/random-fit.ts';
import { allocatedAt, openbArrivals, openbNodes } from './openb-arrivals.ts';
import { openOpenb, readPodList } from './openb-data.ts';
import type { OpenbData } from './openb-data.ts';
import { listReport, summaryOf } from './openb-report.ts';
import type { ListReport, Offline, PolicyRuns } from './openb-report.ts';

const FIRST_SEED = 42;
const OURS = 'bid-price';
const POLICIES: Readonly<Record<string, OnlinePolicyFactory>> = {
  [OURS]: bidPricePolicy,
  'bid-price-learning': (setup) => bidPricePolicy({ ...setup, expected: [] }),
  fgd,
  'best-fit': bestFit,
  'dot-product': dotProduct,
  'gpu-packing': gpuPacking,
  'gpu-clustering': gpuClustering,
  random: randomFit,
};
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['PLIMSOLL_DATA'] ?? '../shared/data' },
    json: { type: 'boolean', default: false },
    list: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '10' },
    policy: { type: 'string', multiple: true, default: Object.keys(POLICIES) },
  },
});

try {
  run();
} catch (problem) {
  if (!(problem instanceof Error)) throw problem;
  console.error(problem.message);
  process.exitCode = 1;
}

function run(): void {
  const data = openOpenb(values.data);
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 1)
    throw new Error(`--seeds ${values.seeds}: give a positive whole number`);
  const policies = chosen('--policy', values.policy, Object.keys(POLICIES));
  const lists = chosen('--list', values.list.length === 0 ? data.lists : values.list, data.lists);
  const before = process.cpuUsage();
  const reports = lists.map((list) => listCase(data, list, policies, seeds));
  const used = process.cpuUsage(before);
  const summary = summaryOf(reports, {
    seeds,
    firstSeed: FIRST_SEED,
    cpuSeconds: (used.user + used.system) / 1e6,
  });
  if (values.json) console.log(JSON.stringify(summary));
}

function chosen(flag: string, names: readonly string[], known: readonly string[]): readonly string[] {
  for (const name of names)
    if (!known.includes(name)) throw new Error(`${flag} ${name} is not known; known are ${known.join(', ')}`);
  return names;
}

function listCase(data: OpenbData, list: string, policies: readonly string[], seeds: number): ListReport {
  const pods = readPodList(data, list);
  const expected = countShapes(pods);
  const runs = new Map<string, PolicyRuns>(
    policies.map((name) => [name, { at100: [], at130: [], cpuSeconds: 0 }]),
  );
  const offline: Offline[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
    const nodes = openbNodes(data.nodes, seed);
    const capacity = new ClusterState(nodes).capacityGpuMilli;
    const arrivals = openbArrivals(pods, capacity, seed);
    for (const name of policies) {
      const start = process.cpuUsage();
      const cluster = new ClusterState(nodes);
      const policy = POLICIES[name]!({ cluster, expected, stream: randomStream(seed, `openb/${name}`) });
      const record = placeArrivals(
        cluster,
        policy,
        Int32Array.from(arrivals, (pod) => cluster.intern(pod)),
      );
      const used = process.cpuUsage(start);
      const sum = runs.get(name)!;
      runs.set(name, {
        at100: [...sum.at100, allocatedAt(record, capacity, 100)],
        at130: [...sum.at130, allocatedAt(record, capacity, 130)],
        cpuSeconds: sum.cpuSeconds + (used.user + used.system) / 1e6,
      });
      console.error(`${list} ${seed} ${name}: ${allocatedAt(record, capacity, 100).toFixed(2)} %`);
    }
    offline.push(offlineCase(nodes, arrivalsUpTo(arrivals, capacity), seed));
  }
  const report = listReport({ list, pods: pods.length, runs, offline, published: data.published.get(list) });
  if (!values.json) print(report);
  return report;
}

/** The pods that have arrived when the demand reaches the capacity. */
function arrivalsUpTo(arrivals: readonly PodShape[], capacity: number): readonly PodShape[] {
  let demand = 0;
  return arrivals.filter((pod) => (demand += gpuMilliOf(pod)) <= capacity);
}

/** All pods known, so that they may be ordered and left out: the better of two greedy orders; and an upper bound. */
function offlineCase(nodes: readonly ClusterNode[], pods: readonly PodShape[], seed: number): Offline {
  const mix = countShapes(pods);
  const values = shareValues(mix);
  const gain = (pod: PodShape): number =>
    pod.gpus === 0 ? -1 : pod.gpuMilli / Math.max(values[pod.gpuMilli]!, 1e-9);
  const bySize = (a: PodShape, b: PodShape): number =>
    b.gpus - a.gpus || b.gpuMilli - a.gpuMilli || b.cpuMilli - a.cpuMilli;
  const byGain = (a: PodShape, b: PodShape): number =>
    Number(b.gpus > 1) - Number(a.gpus > 1) || gain(b) - gain(a) || bySize(a, b);
  const capacity = new ClusterState(nodes).capacityGpuMilli;
  const allocated = [bySize, byGain].map((order) => {
    const cluster = new ClusterState(nodes);
    const policy = bidPricePolicy({ cluster, expected: mix, stream: randomStream(seed, 'openb/offline') });
    placeArrivals(
      cluster,
      policy,
      Int32Array.from([...pods].sort(order), (pod) => cluster.intern(pod)),
    );
    return (100 * cluster.allocatedGpuMilli) / capacity;
  });
  return { greedyAt100: Math.max(...allocated), boundAt100: (100 * gpuBound(nodes, mix)) / capacity };
}

function print(report: ListReport): void {
  console.log(
    `\n${report.list}: ${report.pods} pods; allocated GPU % at 100 % and 130 % arrived demand (published), CPU s per run`,
  );
  for (const [name, { at100, at130, cpuSecondsPerRun, published }] of Object.entries(report.policies)) {
    const theirs =
      published === undefined ? '' : ` (${published.at100.toFixed(2)} ${published.at130.toFixed(2)})`;
    console.log(
      `  ${name.padEnd(20)} ${at100.mean.toFixed(2)} ${at130.mean.toFixed(2)}${theirs} ${cpuSecondsPerRun.toFixed(2)}`,
    );
  }
  const { margin, offline } = report;
  if (margin !== undefined)
    console.log(
      `  ours - FGD: ${margin.at100.mean.toFixed(2)} ± ${margin.at100.standardError.toFixed(2)}, ${margin.at130.mean.toFixed(2)} ± ${margin.at130.standardError.toFixed(2)}`,
    );
  console.log(
    `  offline (another game): greedy ${offline.greedyAt100.toFixed(2)}, at most ${offline.boundAt100.toFixed(2)} at 100 %`,
  );
}
