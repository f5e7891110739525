import type { BatchLimits } from '../../model/index.ts';
import { candidateOf } from '../candidates/shape.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import type { Measured } from '../capacity/measure.ts';
import { demandOf } from '../disaggregation/context.ts';
import { EFFORTS } from '../race/effort.ts';
import type { RacedShape } from '../race/contenders.ts';
import type { SearchRequest } from './request.ts';
import { replicaCounts } from './serving-plans.ts';
import type { Finalist } from './serving-plans.ts';

/** Other limits of a shape carry at most so much more than those that won its race (*assumed*). */
const MOST_GAIN = 1.12;

/** What this stage works with. */
export interface OneLessContext {
  readonly request: SearchRequest;
  readonly crew: MeasuringCrew;
  /** Requests of the longest runs. */
  readonly longest: number;
  isOver(): boolean;
}

interface Trial {
  readonly item: RacedShape;
  readonly batch: BatchLimits;
  readonly load: number;
}

/**
 * Limits with which one replica less carries the load. The race finds the limits of the most load per cost; where a whole number
 * of replicas has room to spare they hardly matter, but where others carry just enough for one replica less they do. One run of
 * every other pair of limits at the load that each replica would then get; none where that is far above what the shape carries.
 */
export async function oneReplicaLess(
  finalists: readonly Finalist[],
  shapes: readonly RacedShape[],
  context: OneLessContext,
): Promise<readonly Measured[]> {
  const { request, crew, longest } = context;
  const demand = demandOf(request.load);
  const isCounted = request.objective === 'cost' || request.objective === 'accelerators';
  if (!isCounted || demand === 0 || context.isOver()) return [];
  let trials = finalists.flatMap((finalist) => trialsOf(finalist, { shapes, request, demand }));
  let readings: readonly Measured[] = [];
  for (const count of [EFFORTS.search.middle.count, longest]) {
    const answers = await crew.run(
      trials.map(({ item, batch, load }) => {
        const args = { shape: item.shape, batch, count, load, canAbort: true };
        return { method: 'read', args } as const;
      }),
    );
    readings = trials.flatMap(({ item, batch, load }, index) => {
      const reading = answers[index]?.value;
      return reading === undefined ? [] : [{ shape: item.shape, batch, rate: load, reading }];
    });
    trials = trials.filter((_, index) => (readings[index]?.reading.value ?? Infinity) <= 1);
  }
  return bestOfShapes(readings.filter(({ reading }) => reading.value <= 1));
}

function trialsOf(
  finalist: Finalist,
  {
    shapes,
    request,
    demand,
  }: {
    readonly shapes: readonly RacedShape[];
    readonly request: SearchRequest;
    readonly demand: number;
  },
): readonly Trial[] {
  const { candidate, capacity } = finalist.evaluated;
  const fewer = replicaCounts(finalist, request).least - 1;
  const load = demand / fewer;
  const item = shapes.find(({ shape }) => shape.id === finalist.shape.id);
  if (item === undefined || fewer < 1 || load > MOST_GAIN * capacity.rate.value) return [];
  return item.variants
    .filter((batch) => candidateOf(item.shape, batch).id !== candidate.id && item.bound(batch) >= load)
    .map((batch) => ({ item, batch, load }));
}

/** Of each shape the limits with the most room. */
function bestOfShapes(passed: readonly Measured[]): readonly Measured[] {
  return [...Map.groupBy(passed, ({ shape }) => shape.id).values()].flatMap((members) => {
    const [best] = [...members].sort((a, b) => a.reading.value - b.reading.value);
    return best === undefined ? [] : [best];
  });
}
