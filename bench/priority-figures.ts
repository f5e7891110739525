import { compareCounts, packByPriority, placedCounts } from '../src/optimize/priority-packing/index.ts';
import { defaultSchedule } from './baselines/default-scheduler.ts';
import type { PriorityInstance } from './priority-instances.ts';

/** What one instance showed. */
export interface CaseFigures {
  /** Position in the sample. */
  readonly index: number;
  readonly config: string;
  readonly utilisation: number;
  /** Whether the default scheduler left a pod pending. */
  readonly isFailing: boolean;
  readonly isImproved: boolean;
  readonly isCertified: boolean;
  /** Pods that have a node and had none, less those that lost theirs. */
  readonly podsGained: number;
  readonly moves: number;
  readonly movesBound: number;
  readonly cpuSeconds: number;
}

/** How the cases are run. */
export interface CaseOptions {
  /** CPU seconds per instance. */
  readonly limit: number;
  readonly preemption: boolean;
}

/** Figures per configuration. */
export interface ConfigFigures {
  readonly config: string;
  readonly instances: number;
  readonly failing: number;
  readonly improved: number;
  readonly certified: number;
  readonly moves: number;
  readonly cpuSeconds: number;
}

/** All figures of a run; shares are of the failing cases. */
export interface PriorityFigures {
  readonly instances: number;
  readonly failingCases: number;
  readonly limitSeconds: number;
  readonly preemption: boolean;
  readonly improvedShare: number;
  readonly certifiedShare: number;
  readonly improvedAndCertifiedShare: number;
  readonly defaultOptimalShare: number;
  readonly moves: number;
  readonly movesPerImprovedCase: number;
  /** Share of the improved cases whose moves are proven fewest for their counts. */
  readonly movesProvenShare: number;
  readonly podsGainedPerImprovedCase: number;
  readonly cpuSeconds: number;
  readonly mostCpuSeconds: number;
  readonly baselineCheck: { readonly allPlacedShare: { readonly at100: number; readonly at105: number } };
  readonly configs: readonly ConfigFigures[];
}

/** CPU seconds of this thread. */
function threadCpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

/** Runs the default scheduler on an instance and, when it fails, the packer from there. Throws when an answer is not valid. */
export function runCase(instance: PriorityInstance, options: CaseOptions): Omit<CaseFigures, 'index'> {
  const { problem, config, utilisation } = instance;
  const before = defaultSchedule(problem, options);
  const base = { config, utilisation, podsGained: 0, moves: 0, movesBound: 0, cpuSeconds: 0 };
  if (before.every((node) => node >= 0))
    return { ...base, isFailing: false, isImproved: false, isCertified: false };
  const started = {
    ...problem,
    pods: problem.pods.map((pod, index) => (before[index]! < 0 ? pod : { ...pod, node: before[index]! })),
  };
  const start = threadCpuSeconds();
  const limits = { work: Infinity, seconds: options.limit, now: threadCpuSeconds };
  const result = packByPriority(started, { seed: 1, limits });
  const cpuSeconds = threadCpuSeconds() - start;
  checkFits(instance, result.nodeOf);
  const [countsBefore, counts] = [placedCounts(problem, before), placedCounts(problem, result.nodeOf)];
  const difference = compareCounts(counts, countsBefore);
  if (difference < 0) throw new Error(`${config} ${instance.seed}: worse than the default scheduler.`);
  return {
    ...base,
    isFailing: true,
    isImproved: difference > 0,
    isCertified: result.provenCounts,
    podsGained: sum(counts) - sum(countsBefore),
    moves: result.moves,
    movesBound: result.movesBound,
    cpuSeconds,
  };
}

/** The figures of all cases together and per configuration. */
export function summarize(
  cases: readonly CaseFigures[],
  { limitSeconds, preemption }: { readonly limitSeconds: number; readonly preemption: boolean },
): PriorityFigures {
  const ordered = [...cases].sort((a, b) => a.index - b.index);
  const failing = ordered.filter((item) => item.isFailing);
  const improved = failing.filter((item) => item.isImproved);
  const certified = failing.filter((item) => item.isCertified);
  const bothCount = certified.filter((item) => item.isImproved).length;
  return {
    instances: ordered.length,
    failingCases: failing.length,
    limitSeconds,
    preemption,
    improvedShare: share(improved.length, failing.length),
    certifiedShare: share(certified.length, failing.length),
    improvedAndCertifiedShare: share(bothCount, failing.length),
    defaultOptimalShare: share(certified.length - bothCount, failing.length),
    moves: sum(failing.map((item) => item.moves)),
    movesPerImprovedCase: share(sum(improved.map((item) => item.moves)), improved.length),
    movesProvenShare: share(
      improved.filter((item) => item.moves === item.movesBound).length,
      improved.length,
    ),
    podsGainedPerImprovedCase: share(sum(improved.map((item) => item.podsGained)), improved.length),
    cpuSeconds: sum(failing.map((item) => item.cpuSeconds)),
    mostCpuSeconds: Math.max(0, ...failing.map((item) => item.cpuSeconds)),
    baselineCheck: {
      allPlacedShare: { at100: allPlacedShare(ordered, 1), at105: allPlacedShare(ordered, 1.05) },
    },
    configs: [...Map.groupBy(ordered, (item) => item.config)].map(([config, items]) =>
      configFigures(config, items),
    ),
  };
}

function configFigures(config: string, items: readonly CaseFigures[]): ConfigFigures {
  return {
    config,
    instances: items.length,
    failing: items.filter((item) => item.isFailing).length,
    improved: items.filter((item) => item.isImproved).length,
    certified: items.filter((item) => item.isCertified).length,
    moves: sum(items.map((item) => item.moves)),
    cpuSeconds: sum(items.map((item) => item.cpuSeconds)),
  };
}

function allPlacedShare(cases: readonly CaseFigures[], utilisation: number): number {
  const some = cases.filter((item) => Math.abs(item.utilisation - utilisation) < 1e-9);
  return share(some.filter((item) => !item.isFailing).length, some.length);
}

function checkFits({ problem, config, seed }: PriorityInstance, nodeOf: Int32Array): void {
  const free = problem.nodes.map((node) => [...node.capacity]);
  problem.pods.forEach((pod, index) => {
    if (nodeOf[index]! >= 0) pod.requests.forEach((amount, r) => (free[nodeOf[index]!]![r]! -= amount));
  });
  if (free.flat().some((amount) => amount < 0)) throw new Error(`${config} ${seed}: a node is overloaded.`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
