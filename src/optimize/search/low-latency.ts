import { profileStatistics } from '../../traffic/index.ts';
import { sortedBy } from '../../units/index.ts';
import { DEFAULT_BATCH } from '../candidates/batch-limits.ts';
import { mostReplicas } from '../candidates/shape.ts';
import type { Shape } from '../candidates/shape.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import type { Measured, MeasuringBench } from '../capacity/measure.ts';
import { demandOf } from '../disaggregation/context.ts';
import { EFFORTS } from '../race/effort.ts';
import type { RacedShape } from '../race/contenders.ts';
import type { SearchRequest } from './request.ts';

/** Shapes of least latency with every request alone that are simulated, and those that go on to long runs. */
const SIMULATED = 16;
const KEPT = 3;

/** What the search shares with this stage. */
export interface LowLatencyContext {
  readonly request: SearchRequest;
  readonly bench: MeasuringBench;
  readonly crew: MeasuringCrew;
  /** Finalists by cost; their shapes are not sought again. */
  readonly known: readonly Measured[];
  isOver(): boolean;
}

/**
 * The shapes of least p99 end-to-end latency when the whole cluster serves the load: the race keeps those that cost least, and
 * the quickest are seldom among them. One short run of each of those that are quickest at a light load; none where the load is
 * as much as the cluster carries.
 */
export async function lowLatencyFinalists(
  shapes: readonly RacedShape[],
  context: LowLatencyContext,
): Promise<readonly Measured[]> {
  const { request, bench, crew, known } = context;
  const demand = demandOf(request.load);
  if (demand === 0 || context.isOver()) return [];
  const seen = new Set(known.map((item) => item.shape.id));
  const open = shapes.flatMap(({ shape }) => {
    const replicas = mostReplicas(shape, request.accelerators);
    return replicas >= 1 && !seen.has(shape.id) ? [{ shape, load: demand / replicas }] : [];
  });
  const runs = sortedBy(open, ({ shape }) => shape.id)
    .map((run) => ({ ...run, light: lightLatency(run.shape, bench) }))
    .sort((a, b) => a.light - b.light)
    .slice(0, SIMULATED);
  const { count } = EFFORTS.search.short;
  const answers = await crew.run(
    runs.map(({ shape, load: share }) => {
      const args = { shape, batch: DEFAULT_BATCH, count, load: share, canAbort: true };
      return { method: 'read', args } as const;
    }),
  );
  const quickest = runs
    .flatMap(({ shape, load: share }, index) => {
      const reading = answers[index]?.value;
      return reading === undefined || reading.value > 1
        ? []
        : [
            {
              shape,
              batch: DEFAULT_BATCH,
              rate: share,
              reading,
              latency: reading.evidence.latency.e2e.p99.value,
            },
          ];
    })
    .sort((a, b) => a.latency - b.latency || (a.shape.id < b.shape.id ? -1 : 1));
  return quickest.slice(0, KEPT);
}

/** Sequences that share the steps of the quickest shapes, and tokens of each (*assumed*: a light load). */
const LIGHT_BATCH = 4;

/** Seconds of a mean request in light company: decides which shapes are simulated. */
function lightLatency(shape: Shape, bench: MeasuringBench): number {
  const { steps } = bench.performanceOf(shape);
  const { isl, osl } = profileStatistics(bench.subject.profile);
  const prompt = steps.stepTime(isl.mean, (isl.mean * isl.mean) / 2, 0, 0);
  const step = steps.stepTime(0, 0, LIGHT_BATCH, LIGHT_BATCH * (isl.mean + osl.mean / 2));
  return (prompt + osl.mean * step) * steps.pipelineDepth;
}
