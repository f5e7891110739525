import type { CapacityType, Offering, ResolvedWorkload } from '../../model/index.ts';
import { worldSize } from '../../model/index.ts';
import { checkConfiguration, minimumStepTime } from '../../perf/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import { sortedBy } from '../../units/index.ts';
import { generateShapes } from '../candidates/generator.ts';
import type { Shape } from '../candidates/shape.ts';
import type { RequestClass } from './request-classes.ts';

/** Where a replica can stand: nodes of a pool, bought in one way. */
export interface MixPlace {
  /** `<pool>/<capacity type>`. */
  readonly id: string;
  readonly pool: string;
  readonly capacityType: CapacityType;
  /** The cheapest zone. */
  readonly offering: Offering;
  readonly accelerators: number;
}

/** A kind of replica, whatever its batch limits, with the places that it can stand on at the same speed. */
export interface MixUnit {
  readonly id: string;
  readonly shape: Shape;
  readonly places: readonly MixPlace[];
  readonly accelerators: number;
  /** Classes it has the memory for: the first so many. */
  readonly classes: number;
}

/** Every place that capacity can be bought in, by id: per pool and capacity type the cheapest offering. */
export function mixPlaces(
  offerings: readonly Offering[],
  capacityTypes: readonly CapacityType[],
): readonly MixPlace[] {
  const groups = Map.groupBy(
    offerings.filter((item) => item.accelerator !== undefined && capacityTypes.includes(item.capacityType)),
    (item) => `${item.pool}/${item.capacityType}`,
  );
  return sortedBy(groups, ([id]) => id).flatMap(([id, members]) => {
    const [offering] = [...members].sort((a, b) => a.price - b.price || (a.id < b.id ? -1 : 1));
    if (offering === undefined) return [];
    const { pool, capacityType, instanceType } = offering;
    return [{ id, pool, capacityType, offering, accelerators: instanceType.accelerator?.count ?? 1 }];
  });
}

/**
 * The kinds of replica that run on single nodes of the places, each once: pools of one accelerator share it, as
 * links between nodes play no part. Left out are pipelines (*assumed*: inside a node they
 * gain little over tensor parallelism), and those that no engine runs as modelled, whose memory does not hold the shortest class, or whose fastest decode step
 * is above a TPOT limit. `classes` by rising length.
 */
export function mixUnits(
  workload: ResolvedWorkload,
  classes: readonly RequestClass[],
  facts: { readonly places: readonly MixPlace[]; readonly coefficients: OperatorCoefficients },
): readonly MixUnit[] {
  const { places, coefficients } = facts;
  const pools = Map.groupBy(places, (place) => place.pool);
  const reach = Object.fromEntries(places.map((place) => [place.pool, place.accelerators]));
  const offerings = [...pools.values()].flatMap(([place]) => (place === undefined ? [] : [place.offering]));
  const { shapes } = generateShapes(workload, offerings, reach);
  const tpot = Math.min(
    ...workload.workload.slo.limits.filter(({ metric }) => metric === 'tpot').map(({ limit }) => limit),
  );
  const units = new Map<string, MixUnit>();
  for (const shape of sortedBy(shapes, ({ id }) => id)) {
    const isPipeline = shape.configuration.parallelism.pipelineParallel > 1;
    if (shape.notExecutable !== undefined || isPipeline) continue;
    const key = speedKey(shape);
    const known = units.get(key);
    if (known !== undefined) {
      units.set(key, { ...known, places: [...known.places, ...(pools.get(shape.pool) ?? [])] });
      continue;
    }
    const held = classesHeld(shape, classes);
    if (held === 0 || minimumStepTime(shape.configuration, coefficients) > tpot) continue;
    units.set(key, {
      id: key,
      shape: serving(shape, classes[held - 1]?.longest ?? 1),
      places: pools.get(shape.pool) ?? [],
      accelerators: worldSize(shape.configuration.parallelism),
      classes: held,
    });
  }
  return [...units.values()];
}

/** A shape that serves sequences of so many tokens. */
export function serving(shape: Shape, maxModelLength: number): Shape {
  return { ...shape, configuration: { ...shape.configuration, maxModelLength } };
}

/** How many of the first classes fit into its KV cache one request at a time. */
function classesHeld(shape: Shape, classes: readonly RequestClass[]): number {
  let held = 0;
  let longest = 0;
  for (const item of classes) {
    longest = Math.max(longest, item.longest);
    if (longest > shape.configuration.architecture.maxContext) break;
    if (!checkConfiguration(serving(shape, longest).configuration).ok) break;
    held++;
  }
  return held;
}

/** What the speed of a replica inside a node depends on. */
function speedKey({ configuration, id, pool, workload }: Shape): string {
  return `${configuration.accelerator.name} ${id.slice(`${workload}/${pool}/`.length)}`;
}
