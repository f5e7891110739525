import { whyNotExecutable } from '../../catalog/index.ts';
import { NO_PARALLELISM, engineVersion, worldSize } from '../../model/index.ts';
import type { Offering, Parallelism, Rejection, ResolvedWorkload } from '../../model/index.ts';
import { checkConfiguration, nodeReach } from '../../perf/index.ts';
import type { ReplicaConfiguration } from '../../perf/index.ts';
import { sortedBy } from '../../units/index.ts';
import { DEFAULT_BATCH } from './batch-limits.ts';
import { parallelisms } from './parallelisms.ts';
import { podGroupOn } from './pod-group.ts';
import { kvPrecisions, shapeId } from './shape.ts';
import type { Generated, Shape } from './shape.ts';

/**
 * Most nodes of one replica: as many as the smallest replica that fits needs, and this many times as many (*assumed*: larger
 * ones pay network time for nothing but latency).
 */
const MOST_NODES = 2;
/** Nodes of the largest replica ever looked at: 128 accelerators of 8 (*assumed*). */
const LARGEST_REPLICA_NODES = 16;

/**
 * The shapes of a language model on each pool: engine × weight precision × KV precision × every cut of `parallelisms` that
 * fills its nodes. `reach` tells the accelerators that one replica may take per pool id; absent or infinite: as many as make sense.
 */
export function llmShapes(
  workload: ResolvedWorkload,
  offerings: readonly Offering[],
  reach: Readonly<Record<string, number>> = {},
): Generated {
  const shapes: Shape[] = [];
  const rejected: Rejection[] = [];
  const pools = Map.groupBy(
    offerings.filter((offering) => offering.accelerator !== undefined),
    (offering) => offering.pool,
  );
  for (const [pool, members] of sortedBy(pools, ([id]) => id)) {
    const [offering] = members;
    if (offering === undefined) continue;
    for (const base of bases(workload, offering)) {
      for (const parallelism of cutsOf(base, offering, { workload, reach: reach[pool] ?? Infinity })) {
        const configuration = { ...base, parallelism };
        const id = shapeId(workload.workload.id, pool, configuration);
        const size = worldSize(parallelism);
        const detail = unfilledNodes(size, offering);
        if (detail !== undefined) {
          const reason = 'does-not-divide-node';
          rejected.push({ candidate: id, workload: workload.workload.id, pool, reason, detail });
          continue;
        }
        shapes.push(shapeOf(id, configuration, { workload, pool, offering }));
      }
    }
  }
  return { shapes, rejected };
}

function shapeOf(
  id: string,
  configuration: ReplicaConfiguration,
  { workload, pool, offering }: { workload: ResolvedWorkload; pool: string; offering: Offering },
): Shape {
  const { engine, parallelism, weightPrecision, kvPrecision, architecture } = configuration;
  const podGroup = podGroupOn(offering.instanceType, worldSize(parallelism));
  const version = engineVersion(engine);
  const why = whyNotExecutable({
    engine,
    version,
    role: 'aggregated',
    parallelism,
    weightPrecision,
    kvPrecision,
    architecture,
    nodes: podGroup.nodes,
    isPreparedCheckpoint: workload.workload.checkpoints[weightPrecision] !== undefined,
  });
  return {
    id,
    workload: workload.workload.id,
    pool,
    offering,
    engineVersion: version,
    configuration,
    podGroup,
    ...(why === undefined ? {} : { notExecutable: why }),
  };
}

/** Engine and precision combinations on an offering, without parallelism. */
function bases(workload: ResolvedWorkload, offering: Offering): readonly ReplicaConfiguration[] {
  const { accelerator } = offering;
  if (accelerator === undefined) return [];
  const declared = workload.workload;
  const { maxContext } = workload.architecture;
  const maxModelLength =
    declared.maxModelLength > 0 ? Math.min(declared.maxModelLength, maxContext) : maxContext;
  return declared.engines.flatMap((engine) =>
    declared.precisions.flatMap((weightPrecision) =>
      (declared.kvPrecisions ?? kvPrecisions(weightPrecision, offering)).map((kvPrecision) => ({
        architecture: workload.architecture,
        accelerator,
        parallelism: NO_PARALLELISM,
        ...nodeReach(offering.instanceType),
        interNodeBandwidth: offering.interNodeBandwidth,
        engine,
        weightPrecision,
        kvPrecision,
        batch: DEFAULT_BATCH,
        maxModelLength,
      })),
    ),
  );
}

/** The cuts up to the size from which larger replicas only lose. */
function cutsOf(
  base: ReplicaConfiguration,
  offering: Offering,
  facts: { readonly workload: ResolvedWorkload; readonly reach: number },
): readonly Parallelism[] {
  const perNode = offering.instanceType.accelerator?.count ?? 1;
  const domain = base.acceleratorsPerNode;
  const { inputQuantiles } = facts.workload.profile.lengths;
  const all = parallelisms(
    base.architecture,
    { perNode, domain, most: Math.min(facts.reach, Math.max(domain, LARGEST_REPLICA_NODES * perNode)) },
    { longestInput: inputQuantiles.at(-1) ?? 1 },
  );
  const fits = all.find(
    (cut) =>
      unfilledNodes(worldSize(cut), offering) === undefined &&
      checkConfiguration({ ...base, parallelism: cut }).ok,
  );
  const needed = fits === undefined ? 0 : Math.ceil(worldSize(fits) / perNode) * perNode;
  const most = fits === undefined ? Infinity : Math.max(domain, MOST_NODES * needed);
  return all.filter((cut) => worldSize(cut) <= most);
}

/** Why replicas of this size leave accelerators of their nodes unused; undefined when they fill them. */
function unfilledNodes(size: number, { instanceType }: Offering): string | undefined {
  const perNode = instanceType.accelerator?.count ?? 1;
  if (size <= perNode) {
    return perNode % size === 0 ? undefined : `${size} accelerators do not divide the ${perNode} of a node`;
  }
  return size % perNode === 0 ? undefined : `${size} accelerators do not fill whole nodes of ${perNode}`;
}
