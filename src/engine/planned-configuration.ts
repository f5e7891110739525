import type { Candidate, ModelArchitecture, Offering } from '../model/index.ts';
import { nodeReach } from '../perf/index.ts';
import type { ReplicaConfiguration, StageConfiguration } from '../perf/index.ts';

/**
 * The configuration of a planned candidate, its hardware from the plan's offerings; undefined where these no longer hold the
 * accelerators of one of its pools. Pipelines over several pools talk over the slowest known network of them.
 */
export function plannedConfiguration(
  candidate: Candidate,
  architecture: ModelArchitecture,
  offerings: readonly Offering[],
): ReplicaConfiguration | undefined {
  const pools = [candidate.pool, ...(candidate.stages ?? []).map((stage) => stage.pool)];
  const own = pools.map((pool) => offerings.find((offering) => offering.pool === pool));
  const [first] = own;
  const stages = (candidate.stages ?? []).map(({ layers }, index) => stageOn(own[index + 1], layers));
  if (first?.accelerator === undefined || stages.includes(undefined)) return undefined;
  return {
    architecture,
    accelerator: first.accelerator,
    parallelism: candidate.parallelism,
    ...nodeReach(first.instanceType),
    interNodeBandwidth: slowestNetwork(own),
    engine: candidate.engine,
    weightPrecision: candidate.weightPrecision,
    kvPrecision: candidate.kvPrecision,
    batch: candidate.batch,
    maxModelLength: candidate.maxModelLength,
    ...(candidate.stages === undefined ? {} : { stages: stages.filter((stage) => stage !== undefined) }),
  };
}

function stageOn(offering: Offering | undefined, layers: number): StageConfiguration | undefined {
  return offering?.accelerator === undefined
    ? undefined
    : { accelerator: offering.accelerator, layers, reach: nodeReach(offering.instanceType) };
}

/** Zero where none is known. */
function slowestNetwork(offerings: readonly (Offering | undefined)[]): Offering['interNodeBandwidth'] {
  const known = offerings
    .flatMap((offering) => (offering === undefined ? [] : [offering.interNodeBandwidth]))
    .sort((a, b) => a - b);
  return known.find((bandwidth) => bandwidth > 0) ?? known[0]!;
}
