import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ResolvedProblem } from '../src/model/index.ts';
import { consolidate, priceOf, provision } from './baselines/karpenter.ts';
import type { KarpenterPod, KarpenterType } from './baselines/karpenter.ts';
import { chooseNodes, kubePacs } from './baselines/kubepacs.ts';
import type { KubePacsOffering } from './baselines/kubepacs.ts';
import type { MixCase, readPods } from './mix-cases.ts';

/** What rivals are given: one case, its pods and the score of one core by instance type. */
export interface RivalTask {
  readonly item: MixCase;
  readonly pods: ReturnType<typeof readPods>;
  readonly problem: ResolvedProblem;
  readonly scores: ReadonlyMap<string, number>;
}

/** KubePACS asks for at most so many nodes of an offering: the most that Spot Placement Scores are asked for (read in its data, 2026-11). */
const MOST_NODES = 50;

/** CoreMark iterations per second of one vCPU by instance type, from `cloud-catalog/aws-coremark.csv.gz`. */
export function readCoreScores(data: string): ReadonlyMap<string, number> {
  const file = path.join(data, 'cloud-catalog', 'aws-coremark.csv.gz');
  if (!existsSync(file))
    throw new Error(`${file} does not exist; give the folder of the data with --data DIR`);
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const columns = header.trim().split(',');
  const at = (name: string): number => columns.indexOf(name);
  return new Map(
    lines.flatMap((line): [string, number][] => {
      const fields = line.trim().split(',');
      const score =
        Number(fields[at('coremark_iter_per_s')]) / Math.max(1, Number(fields[at('cpu_threads')]));
      return score > 0 ? [[fields[at('instance_type')] ?? '', score]] : [];
    }),
  );
}

/** Prices of the rivals' nodes per hour, by rival. */
export function rivalPrices(task: RivalTask): Readonly<Record<string, number>> {
  return { ...karpenterPrices(task), ...kubePacsPrices(task) };
}

/** First-fit decreasing over all types and over those of at most 16 vCPU, each with consolidation. */
function karpenterPrices({ item, pods, problem }: RivalTask): Record<string, number> {
  const all = pods.flatMap((pod) =>
    Array.from({ length: item.replicas }, (_, copy): KarpenterPod => ({
      id: `${pod.id}-${copy}`,
      request: [pod.cpu, pod.memory * 2 ** 20, 1],
    })),
  );
  const prices: Record<string, number> = {};
  for (const [name, most] of [
    ['ffd', Infinity],
    ['ffd-16-vcpu', 16],
  ] as const) {
    const offered = problem.offerings
      .filter(({ instanceType }) => instanceType.vcpus <= most)
      .map(({ instanceType, price }): KarpenterType => ({
        id: instanceType.name,
        capacity: [
          instanceType.allocatable.cpuMillicores,
          instanceType.allocatable.memory,
          instanceType.allocatable.pods,
        ],
        price: price / 1e6,
      }));
    const nodes = provision(all, offered);
    prices[name] = priceOf(nodes);
    prices[`${name}-consolidated`] = priceOf(consolidate(nodes, offered));
  }
  return prices;
}

/** KubePACS knows pods of one size, so every microservice has nodes of its own; beside it the same program for price alone (α = 0). */
function kubePacsPrices({ item, pods, problem, scores }: RivalTask): Record<string, number> {
  let [weighed, cheapest] = [0, 0];
  for (const pod of pods) {
    const offerings = problem.offerings.flatMap(({ id, instanceType, price }): KubePacsOffering[] => {
      const score = scores.get(instanceType.name);
      const { cpuMillicores, memory, pods: slots } = instanceType.allocatable;
      const held = Math.floor(Math.min(cpuMillicores / pod.cpu, memory / (pod.memory * 2 ** 20), slots));
      return score === undefined || held < 1
        ? []
        : [{ id, price: price / 1e6, pods: held, score, most: MOST_NODES }];
    });
    weighed += kubePacs(offerings, item.replicas)?.price ?? NaN;
    cheapest += chooseNodes(offerings, item.replicas, 0)?.price ?? NaN;
  }
  return { kubepacs: weighed, 'kubepacs-price-only': cheapest };
}
