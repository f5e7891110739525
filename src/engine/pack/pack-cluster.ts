import path from 'node:path';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import {
  BEST_FIT,
  orderMoves,
  packByPriority,
  placeOneByOne,
  placedCounts,
  priorityLevels,
} from '../../optimize/index.ts';
import type { PackReport } from '../../report/index.ts';
import { displayPath, readTextFile } from '../files.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import type { Cluster } from './cluster.ts';
import { notConsidered } from './not-considered.ts';
import { packReport } from './pack-answer.ts';
import type { PackAnswer } from './pack-answer.ts';
import { packingProblem } from './packing-problem.ts';
import type { ClusterProblem } from './packing-problem.ts';
import { readCluster } from './read-cluster.ts';

/** A dump to pack and how. */
export interface PackClusterOptions {
  /** File of the dump, `-` for `stdin`. */
  readonly dump: string;
  readonly stdin?: string | undefined;
  /** Wall-clock limit in seconds. */
  readonly timeLimitSeconds: number;
  /** Place pending pods one by one and move nothing. */
  readonly isOnline: boolean;
  /** Seed of the search. */
  readonly seed: number;
}

/** Search steps at most, so that equal dumps get equal answers where the time limit does not cut in: some 5 to 10 s. *Assumed* long enough. */
const WORK_LIMIT = 1_000_000_000;

/**
 * Packs the pods of a dumped cluster by priority, with few moves.
 * Errors: those of reading a file and of `readCluster`; warnings of `packingProblem`, `pack-one-namespace`, `optimize-time-limit`.
 */
export async function packCluster(
  options: PackClusterOptions,
  host: EngineHost,
): Promise<Outcome<PackReport>> {
  const shown = options.dump === '-' ? 'standard input' : displayPath(options.dump, host.workingDirectory);
  const file = path.resolve(host.workingDirectory, options.dump);
  const text = options.dump === '-' ? success(options.stdin ?? '') : await readTextFile(file, shown);
  if (!text.ok) return text;
  const cluster = readCluster(text.value, shown);
  if (!cluster.ok) return failure(...cluster.diagnostics);
  const stated = packingProblem(cluster.value);
  const answer = options.isOnline ? online(stated) : optimized(stated, options, host);
  const lines = notConsidered(cluster.value, stated);
  const report = packReport(cluster.value, stated, answer, lines);
  return success(report, [
    ...stated.diagnostics,
    ...oneNamespace(cluster.value),
    ...(answer.stop === 'time-limit' ? [cutShort(options)] : []),
  ]);
}

function optimized({ problem }: ClusterProblem, options: PackClusterOptions, host: EngineHost): PackAnswer {
  const start = host.elapsedSeconds();
  const tell = (now: number): void =>
    progress(host, 'pack', `${problem.pods.length} pods`, [
      0,
      0,
      Math.min(1, (now - start) / options.timeLimitSeconds),
    ]);
  const limits = {
    work: WORK_LIMIT,
    seconds: options.timeLimitSeconds,
    now: () => {
      const now = host.elapsedSeconds();
      tell(now);
      return now;
    },
  };
  const result = packByPriority(problem, { seed: options.seed, limits });
  return { ...result, mode: 'optimize', steps: orderMoves(problem, result.nodeOf) };
}

function online({ problem }: ClusterProblem): PackAnswer {
  const nodeOf = placeOneByOne(problem, BEST_FIT);
  const before = placedCounts(
    problem,
    problem.pods.map((pod) => pod.node ?? -1),
  );
  const counts = placedCounts(problem, nodeOf);
  return {
    nodeOf,
    mode: 'online',
    onlineRule: BEST_FIT.name,
    levels: priorityLevels(problem.pods).map((priority, level) => ({
      priority,
      pods: problem.pods.filter((pod) => pod.priority === priority).length,
      placed: counts[level]!,
      placedBefore: before[level]!,
    })),
    provenCounts: false,
    alreadyOptimal: false,
    moves: 0,
    movesBound: 0,
    stop: 'online',
    steps: orderMoves(problem, nodeOf),
  };
}

function cutShort(options: PackClusterOptions): Diagnostic {
  return diagnostic('optimize-time-limit', {
    summary: `The search was stopped after ${String(options.timeLimitSeconds)} s; the answer is valid and its bounds hold, but a longer search may find a better one.`,
    fix: 'Allow more time with --time-limit.',
  });
}

function oneNamespace(cluster: Cluster): readonly Diagnostic[] {
  const namespaces = new Set(cluster.pods.map((pod) => pod.namespace));
  if (namespaces.size !== 1 || cluster.pods.every((pod) => pod.node === undefined)) return [];
  return [
    diagnostic('pack-one-namespace', {
      summary: `All ${String(cluster.pods.length)} pods are of the namespace ${[...namespaces].join('')}.`,
      detail:
        'Pods of other namespaces, kube-system among them, take room on the nodes too; without them the room is overstated.',
      fix: 'Dump with --all-namespaces, unless the cluster has no other pods.',
    }),
  ];
}
