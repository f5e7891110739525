import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { solvePacking } from '../src/optimize/packing/index.ts';
import { solverOrder } from '../src/optimize/solvers/index.ts';
import { spotKube } from './baselines/spotkube.ts';
import type { SpotKubePods, SpotKubeType } from './baselines/spotkube.ts';

/** SpotKube's picks against the proven optimum on its own problem at one number of pods; money in USD per hour. */
export interface SpotKubeFigures {
  readonly pods: number;
  readonly optimum: number;
  /** No packing costs less. */
  readonly bound: number;
  /** Price of the picks over the optimum, over the seeds. */
  readonly leastRatio: number;
  readonly meanRatio: number;
  readonly mostRatio: number;
  /** The same of the cheapest mix of each front, mean. */
  readonly meanCheapestRatio: number;
}

/**
 * Numbers of pods. Its rule is the rate over the rate that one pod takes before its CPU is throttled, rounded up (analytical model of SpotKube/SpotKube,
 * read 2026-11); its configuration has two pods of prime at 40 requests per second and one of auth at 100, so three in all, and 1,000 at
 * its highest rates (10,000 and 50,000). The others lie between.
 */
const PODS: readonly number[] = [3, 10, 30, 100, 300, 1000];
const SEEDS = 20;

interface SpotKubeConfiguration {
  readonly characterised: {
    readonly resources: { readonly pods: { readonly maxCPU: number; readonly maxMemory: number } };
  };
}

/** SpotKube's own four spot types and pod size, in `microservices/spotkube` of the data, at rising numbers of pods. */
export async function compareSpotKube(data: string): Promise<readonly SpotKubeFigures[]> {
  const folder = path.join(data, 'microservices', 'spotkube');
  if (!existsSync(folder))
    throw new Error(`${folder} does not exist; give the folder of the data with --data DIR`);
  const prices = JSON.parse(readFileSync(path.join(folder, 'spot-nodes.json'), 'utf8')) as Record<
    string,
    { readonly cpu: number; readonly memory: number; readonly cost: number }
  >;
  const types = Object.entries(prices).map(([id, { cpu, memory, cost }]): SpotKubeType => ({
    id,
    cpu,
    memory,
    price: cost,
  }));
  const configuration = JSON.parse(
    readFileSync(path.join(folder, 'config.json'), 'utf8'),
  ) as SpotKubeConfiguration;
  const { maxCPU: cpu, maxMemory: memory } = configuration.characterised.resources.pods;
  const figures: SpotKubeFigures[] = [];
  for (const count of PODS) figures.push(await compareAt(types, { count, cpu, memory }));
  return figures;
}

async function compareAt(types: readonly SpotKubeType[], pods: SpotKubePods): Promise<SpotKubeFigures> {
  const answer = await solvePacking(
    {
      resources: ['cpu', 'memory'],
      items: [
        {
          id: 'pods',
          request: [1000 * pods.cpu, 1000 * pods.memory],
          count: pods.count,
          maxPerNode: Infinity,
          nodes: types.map((_, index) => index),
        },
      ],
      nodes: types.map(({ id, cpu, memory, price }) => ({
        id,
        capacity: [1000 * cpu, 1000 * memory],
        price: price * 1e6,
        most: Infinity,
      })),
      quotas: [],
      apart: [],
    },
    { solvers: solverOrder('auto'), gap: 0, isPast: () => false },
  );
  if (answer === undefined) throw new Error(`${pods.count} pods of SpotKube do not fit`);
  const optimum = answer.cost / 1e6;
  const choices = Array.from({ length: SEEDS }, (_, seed) => spotKube(types, pods, seed + 1));
  const ratios = choices.map((choice) => (choice?.taken.price ?? Infinity) / optimum);
  const cheapest = choices.map((choice) => (choice?.cheapest.price ?? Infinity) / optimum);
  return {
    pods: pods.count,
    optimum,
    bound: answer.bound / 1e6,
    leastRatio: Math.min(...ratios),
    meanRatio: mean(ratios),
    mostRatio: Math.max(...ratios),
    meanCheapestRatio: mean(cheapest),
  };
}

function mean(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}
