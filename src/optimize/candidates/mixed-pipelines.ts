import { whyNotExecutable } from '../../catalog/index.ts';
import { NO_PARALLELISM, engineVersion, worldSize } from '../../model/index.ts';
import type { Offering, Precision, ResolvedWorkload } from '../../model/index.ts';
import { checkConfiguration } from '../../perf/index.ts';
import type { OperatorCoefficients, ReplicaConfiguration } from '../../perf/index.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { DEFAULT_BATCH } from './batch-limits.ts';
import { splitLayers } from './layer-split.ts';
import type { SplitGoal } from './layer-split.ts';
import { acceleratorsOf, layoutsOf, sidesOf, stageCounts } from './mixed-layouts.ts';
import type { Layout, Side } from './mixed-layouts.ts';
import { podGroupOn } from './pod-group.ts';
import { kvPrecisions, shapeId } from './shape.ts';
import type { Shape, StagePods } from './shape.ts';

/** A pipeline takes at most so many times the accelerators of the smallest of its kind that fits (*assumed*, as for one pool). */
const LARGEST = 2;
/** Shapes in all, the smallest first. */
const MOST_SHAPES = 48;
/** Sequences of one batch in flight for which stages are balanced (*assumed*, a busy chat service). */
const TYPICAL_SEQUENCES = 32;

/** What pipelines over several pools are made from. */
export interface MixedPools {
  /** Offerings of the pools that one replica may span; those without accelerators do not count. */
  readonly offerings: readonly Offering[];
  readonly coefficients: OperatorCoefficients;
  /** Accelerators that one replica may take per pool id; absent: as many as make sense. */
  readonly reach?: Readonly<Record<string, number>>;
}

/**
 * Pipelines whose stages lie on the nodes of two pools with unlike accelerators, all nodes whole: engine × weight precision ×
 * KV precision × tensor parallelism × nodes of each pool, layers as `splitLayers` gives them for the workload's mean request.
 * Every stage has the same tensor parallelism, as engines want it (vLLM issue 27239, 2025). The pool with more memory bandwidth
 * comes first: the other order takes the same time but for the head.
 *
 * Tried only where the model does not fit on one side alone: two replicas side by side serve at least as well otherwise, as
 * no batch then waits for the slower kind and nothing crosses the network (*assumed*). Smallest first, a few dozen at
 * most; shapes that no engine can run say why.
 */
export function mixedPipelineShapes(workload: ResolvedWorkload, pools: MixedPools): readonly Shape[] {
  const sides = sidesOf(pools.offerings);
  const shapes = sides.flatMap((left, index) =>
    sides.slice(index + 1).flatMap((right) => {
      const isKept = left.bandwidth >= right.bandwidth;
      return pairShapes(workload, isKept ? [left, right] : [right, left], pools);
    }),
  );
  return shapes.toSorted((a, b) => sizeOf(a) - sizeOf(b) || (a.id < b.id ? -1 : 1)).slice(0, MOST_SHAPES);
}

function pairShapes(
  workload: ResolvedWorkload,
  sides: readonly [Side, Side],
  pools: MixedPools,
): readonly Shape[] {
  const [first, second] = sides;
  if (first.kind.accelerator.name === second.kind.accelerator.name) return [];
  const layouts = layoutsOf(sides, pools.reach ?? {});
  return formatsOf(workload, sides).flatMap((base) => {
    const shapes: Shape[] = [];
    for (const layout of layouts) {
      const [smallest] = shapes;
      if (smallest !== undefined && acceleratorsOf(layout) > LARGEST * sizeOf(smallest)) break;
      shapes.push(...shapeOf(base, layout, { workload, pools }));
    }
    return shapes;
  });
}

/** Engine and formats that both accelerators may use, without a cut. */
function formatsOf(
  workload: ResolvedWorkload,
  [first, second]: readonly [Side, Side],
): readonly ReplicaConfiguration[] {
  const declared = workload.workload;
  const { maxContext } = workload.architecture;
  const kvOf = (weights: Precision): readonly Precision[] => {
    const own = kvPrecisions(weights, first.offering);
    return declared.kvPrecisions ?? own.filter((kv) => kvPrecisions(weights, second.offering).includes(kv));
  };
  return declared.engines.flatMap((engine) =>
    declared.precisions.flatMap((weightPrecision) =>
      kvOf(weightPrecision).map((kvPrecision) => ({
        accelerator: first.kind.accelerator,
        ...first.kind.reach,
        architecture: workload.architecture,
        parallelism: NO_PARALLELISM,
        interNodeBandwidth: slowerNetwork(first.offering, second.offering),
        engine,
        weightPrecision,
        kvPrecision,
        batch: DEFAULT_BATCH,
        maxModelLength:
          declared.maxModelLength > 0 ? Math.min(declared.maxModelLength, maxContext) : maxContext,
      })),
    ),
  );
}

/** The lesser bandwidth of two pools; that of the other where one is not known. */
function slowerNetwork(a: Offering, b: Offering): Offering['interNodeBandwidth'] {
  if (a.interNodeBandwidth <= 0) return b.interNodeBandwidth;
  if (b.interNodeBandwidth <= 0) return a.interNodeBandwidth;
  return a.interNodeBandwidth < b.interNodeBandwidth ? a.interNodeBandwidth : b.interNodeBandwidth;
}

/** The shape of a layout, or none where it does not fit or both sides could serve alone. */
function shapeOf(
  base: ReplicaConfiguration,
  layout: Layout,
  { workload, pools }: { workload: ResolvedWorkload; pools: MixedPools },
): readonly Shape[] {
  const { sides, nodes, tensorParallel } = layout;
  const counts = stageCounts(layout);
  if (
    sides.every((side, index) => fitsAlone(base, side, { tensorParallel, pipelineParallel: counts[index]! }))
  ) {
    return [];
  }
  const kinds = sides.flatMap(({ kind }, index) => Array.from({ length: counts[index]! }, () => kind));
  const parallelism = { ...NO_PARALLELISM, tensorParallel, pipelineParallel: kinds.length };
  const cut = { ...base, parallelism };
  const stages = splitLayers(cut, kinds, goalOf(workload, kinds.length, pools.coefficients));
  if (stages === undefined) return [];
  const configuration = { ...cut, stages };
  if (!checkConfiguration(configuration).ok) return [];
  const stagePods = sides.map(({ offering, perNode }, index): StagePods => ({
    offering,
    podGroup: podGroupOn(offering.instanceType, nodes[index]! * perNode),
    stages: counts[index]!,
  }));
  const [first] = stagePods;
  return [
    {
      id: mixedId(workload.workload.id, stagePods, configuration),
      workload: workload.workload.id,
      pool: first!.offering.pool,
      offering: first!.offering,
      engineVersion: engineVersion(base.engine),
      configuration,
      podGroup: first!.podGroup,
      stagePods,
      ...whyNot(workload, configuration, stagePods),
    },
  ];
}

/** Whether the stages of one side could hold the whole model. */
function fitsAlone(
  base: ReplicaConfiguration,
  { kind }: Side,
  cut: { readonly tensorParallel: number; readonly pipelineParallel: number },
): boolean {
  return checkConfiguration({
    ...base,
    accelerator: kind.accelerator,
    ...kind.reach,
    parallelism: { ...NO_PARALLELISM, ...cut },
  }).ok;
}

/** A step of a busy replica under the workload's mean request: prompts come as sequences end. */
function goalOf(workload: ResolvedWorkload, stages: number, coefficients: OperatorCoefficients): SplitGoal {
  const { isl, osl } = profileStatistics(workload.profile);
  const context = isl.mean + osl.mean / 2;
  const computed = isl.mean * (1 - workload.profile.prefix.hitRate);
  const prefillTokens = (TYPICAL_SEQUENCES * computed) / Math.max(1, osl.mean);
  return {
    coefficients,
    batch: {
      prefillTokens,
      prefillAttended: prefillTokens * (isl.mean - computed / 2),
      decodeSequences: TYPICAL_SEQUENCES,
      decodeKvTokens: TYPICAL_SEQUENCES * context,
    },
    cachedTokens: stages * TYPICAL_SEQUENCES * context,
  };
}

/** `<workload>/<pool>-x<nodes>+<pool>-x<nodes>/<format and cut>-l<layers of each stage>`. */
function mixedId(workload: string, pods: readonly StagePods[], c: ReplicaConfiguration): string {
  const pools = pods.map(({ offering, podGroup }) => `${offering.pool}-x${podGroup.nodes}`).join('+');
  return `${shapeId(workload, pools, c)}-l${(c.stages ?? []).map(({ layers }) => layers).join('.')}`;
}

function whyNot(
  workload: ResolvedWorkload,
  c: ReplicaConfiguration,
  pods: readonly StagePods[],
): Pick<Shape, 'notExecutable'> {
  const why = whyNotExecutable({
    engine: c.engine,
    version: engineVersion(c.engine),
    role: 'aggregated',
    parallelism: c.parallelism,
    stages: (c.stages ?? []).map(({ accelerator, layers }) => ({ accelerator: accelerator.name, layers })),
    weightPrecision: c.weightPrecision,
    kvPrecision: c.kvPrecision,
    architecture: c.architecture,
    nodes: pods.reduce((sum, { podGroup }) => sum + podGroup.nodes, 0),
    isPreparedCheckpoint: workload.workload.checkpoints[c.weightPrecision] !== undefined,
  });
  return why === undefined ? {} : { notExecutable: why };
}

function sizeOf({ configuration }: Shape): number {
  return worldSize(configuration.parallelism);
}
