import { ENGINE_METRICS, MESH_METRICS } from './engine-metrics.ts';
import type { CounterRatio, EngineMetricNames, HistogramName } from './engine-metrics.ts';
import { meanOf } from './histogram.ts';
import type { MeasuredLength, MeasuredWorkload } from './measured-workload.ts';
import type { PlannedPodSet, PlannedWorkload } from './planned-workload.ts';
import { selectionOf } from './planned-workload.ts';
import {
  cpuQuery,
  meanQuery,
  memoryQuery,
  meshMatchers,
  peakQuery,
  podMatchers,
  rateQuery,
  readyPodsQuery,
  scrapedPodsQuery,
} from './queries.ts';
import type { PodSelection } from './queries.ts';
import { histogramOver, readHistogram, readHourly, readRatio } from './read-series.ts';
import type { Reading } from './read-series.ts';

/** Figures in words, by the field that holds them: what is said when no metric tells. */
const FACTS: Readonly<Record<string, string>> = {
  requestRate: 'request rate',
  ttft: 'time to first token',
  tpot: 'time per output token',
  e2e: 'end-to-end latency',
  isl: 'input lengths',
  osl: 'output lengths',
  prefixHitRate: 'prefix hit rate',
  pods: 'ready pods',
};
const WANTED = {
  llm: ['requestRate', 'ttft', 'tpot', 'e2e', 'isl', 'osl', 'prefixHitRate', 'pods'],
  service: ['requestRate', 'e2e', 'pods', 'cpuCores'],
} as const;

/** Everything that metrics tell of one workload of a plan. Rejects when the source does. */
export async function readWorkload(reading: Reading, planned: PlannedWorkload): Promise<MeasuredWorkload> {
  const { workload, podSets } = planned;
  const all = selectionOf(podSets);
  if (all === undefined) {
    return {
      workload,
      missing: ['everything: the plan has no Deployment, StatefulSet or LeaderWorkerSet of its pods'],
    };
  }
  const hasGroups = podSets.some(({ podsPerReplica }) => podsPerReplica > 1);
  const engines = new Set(podSets.map(({ engine }) => engine));
  const [engine] = engines;
  if (planned.kind === 'llm' && (engines.size > 1 || engine === undefined)) {
    const found = await readPods(reading, all, { names: undefined, hasGroups });
    const missing = ['engine metrics: it runs several engines, whose series are not added up'];
    return { workload, ...found, missing };
  }
  const names = engine === undefined ? undefined : ENGINE_METRICS[engine];
  const pods = await readPods(reading, all, { names, hasGroups });
  const requests =
    names === undefined ? await readMesh(reading, all) : await readEngine(reading, names, podSets);
  const found = { ...pods, ...requests };
  const missing = WANTED[planned.kind].filter((fact) => !Object.hasOwn(found, fact));
  return { workload, ...found, missing: missing.map((fact) => FACTS[fact] ?? 'CPU used') };
}

type Found = Omit<Partial<MeasuredWorkload>, 'workload' | 'missing'>;

/** Pods and what they use. */
async function readPods(
  reading: Reading,
  selection: PodSelection,
  { names, hasGroups }: { readonly names: EngineMetricNames | undefined; readonly hasGroups: boolean },
): Promise<Found> {
  const matchers = podMatchers(selection);
  // Of a replica over several pods only one tells of the engine: its gauge would count too few.
  const gauge = hasGroups ? undefined : names?.kvUsage[0];
  const gpu = [podMatchers(selection), podMatchers(selection, 'exported_')];
  const pods = await readHourly(reading, [
    { metric: 'kube_pod_status_ready', query: readyPodsQuery(matchers) },
    ...(gauge === undefined ? [] : [{ metric: gauge, query: scrapedPodsQuery(gauge, matchers) }]),
  ]);
  const busy =
    names === undefined
      ? undefined
      : await readHourly(
          reading,
          gpu.map((labels) => ({
            metric: 'DCGM_FI_DEV_GPU_UTIL',
            query: `${meanQuery('DCGM_FI_DEV_GPU_UTIL', labels)} / 100`,
          })),
        );
  const cpuCores = await readHourly(reading, [
    { metric: 'container_cpu_usage_seconds_total', query: cpuQuery(matchers) },
  ]);
  const memory = await readHourly(reading, [
    { metric: 'container_memory_working_set_bytes', query: memoryQuery(matchers) },
  ]);
  return present({ pods, acceleratorBusy: busy, cpuCores, memory });
}

/**
 * What engines tell. Where prefill and decode are apart, first tokens and prompts are counted at prefill, the rest at decode; no single pod
 * sees a request from end to end.
 */
async function readEngine(
  reading: Reading,
  names: EngineMetricNames,
  podSets: readonly PlannedPodSet[],
): Promise<Found> {
  const matchersOf = (role: 'prefill' | 'decode'): string => {
    const own = podSets.filter((item) => item.role === role);
    return podMatchers(selectionOf(own.length > 0 ? own : podSets)!);
  };
  const [first, last] = [matchersOf('prefill'), matchersOf('decode')];
  const isApart = first !== last;
  return present({
    requestRate: await readHourly(
      reading,
      names.finished.map((metric) => ({ metric, query: rateQuery(metric, last) })),
    ),
    ttft: await readHistogram(reading, names.ttft, first),
    tpot: await readHistogram(reading, names.tpot, last),
    e2e: isApart ? undefined : await readHistogram(reading, names.e2e, last),
    isl: await readLength(reading, names.isl, first),
    osl: await readLength(reading, names.osl, last),
    prefixHitRate: await readRatio(reading, names.prefixHits, first),
    kvPeak: await readHourly(
      reading,
      names.kvUsage.map((metric) => ({ metric, query: peakQuery(metric, last) })),
    ),
    preemptions: await readHourly(
      reading,
      names.preemptions.map((metric) => ({ metric, query: rateQuery(metric, last) })),
    ),
  });
}

/** Requests of a service as a mesh counts them; nothing else tells of requests whose protocol is unknown. */
async function readMesh(reading: Reading, selection: PodSelection): Promise<Found> {
  const matchers = meshMatchers(selection);
  return present({
    requestRate: await readHourly(reading, [
      { metric: MESH_METRICS.finished, query: rateQuery(MESH_METRICS.finished, matchers) },
    ]),
    e2e: await readHistogram(reading, [MESH_METRICS.response], matchers),
  });
}

async function readLength(
  reading: Reading,
  ways: readonly (HistogramName | CounterRatio)[],
  matchers: string,
): Promise<MeasuredLength | undefined> {
  for (const way of ways) {
    if ('over' in way) {
      const ratio = await readRatio(reading, [way], matchers);
      if (ratio !== undefined) return { metric: ratio.metric, mean: ratio.value };
      continue;
    }
    const found = await readHistogram(reading, [way], matchers);
    const histogram = found === undefined ? undefined : histogramOver(found);
    const mean = histogram === undefined ? undefined : meanOf(histogram);
    if (mean !== undefined && Number.isFinite(mean)) {
      return { metric: way.name, mean, ...(histogram === undefined ? {} : { histogram }) };
    }
  }
  return undefined;
}

/** The figures that are there. */
function present(found: { readonly [K in keyof Found]: Found[K] | undefined }): Found {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
