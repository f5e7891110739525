import { describe, expect, it } from 'vitest';
import { requestsPerSecond } from '../../units/index.ts';
import { DEFAULT_BATCH } from '../candidates/batch-limits.ts';
import { CountedCrew } from '../capacity/counted-crew.ts';
import { crewOf } from '../capacity/crew.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import type { Measured } from '../capacity/measure.ts';
import { fieldOf } from '../race/field.ts';
import { crewAnswering } from '../testing/crews.ts';
import { scriptedReading } from '../testing/scripted.ts';
import { smallField } from '../testing/small-field.ts';
import { lowLatencyFinalists } from './low-latency.ts';
import type { LowLatencyContext } from './low-latency.ts';
import type { SearchLoad } from './request.ts';

const FIELD = smallField({ accelerators: 8, subject: { longest: 1500 } });
const BENCH = new MeasuringBench(FIELD.subject);
const { shapes } = fieldOf(FIELD.workload, {
  bench: BENCH,
  offerings: FIELD.offerings,
  reach: { h: 8 },
  includesUnexecutable: false,
});
const LIGHT: SearchLoad = { kind: 'rate', rate: requestsPerSecond(2) };

function contextOf(facts: Partial<LowLatencyContext> = {}, load: SearchLoad = LIGHT): LowLatencyContext {
  return {
    request: {
      workload: FIELD.workload,
      offerings: FIELD.offerings,
      accelerators: { h: 8 },
      load,
      objective: 'latency',
      limits: {},
      modes: ['aggregated'],
    },
    bench: BENCH,
    crew: crewOf(BENCH),
    known: [],
    isOver: () => false,
    ...facts,
  };
}

describe('lowLatencyFinalists', () => {
  it('are the quickest of all shapes at their share of a light load, as measuring all of them says', async () => {
    const crew = new CountedCrew(crewOf(BENCH));
    const finalists = await lowLatencyFinalists(shapes, contextOf({ crew }));
    const latencies = shapes.map(({ shape }) => {
      const replicas = Math.floor(8 / (shape.podGroup.nodes * shape.podGroup.acceleratorsPerNode));
      const args = { shape, batch: DEFAULT_BATCH, count: 1500, load: 2 / replicas, canAbort: true };
      const { value } = BENCH.perform({ method: 'read', args });
      return value.value <= 1 ? value.evidence.latency.e2e.p99.value : Infinity;
    });
    const [quickest] = finalists;
    expect(quickest!.reading.evidence.latency.e2e.p99.value).toBeCloseTo(Math.min(...latencies));
    expect(finalists.length).toBeGreaterThan(1);
    const found = finalists.map(({ reading }) => reading.evidence.latency.e2e.p99.value);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(crew.work.simulations).toBe(crew.work.candidates);
  });

  it('are none of those known already, none over the SLO, and none larger than the cluster', async () => {
    const first = await lowLatencyFinalists(shapes, contextOf());
    const known: readonly Measured[] = first;
    const next = await lowLatencyFinalists(shapes, contextOf({ known }));
    const ids = new Set(known.map(({ shape }) => shape.id));
    expect(next.length).toBeGreaterThan(0);
    for (const { shape } of next) expect(ids).not.toContain(shape.id);
    const failing = crewAnswering((task) => {
      const load = 'load' in task.args ? task.args.load : 0;
      return { value: scriptedReading(load, load / 2), simulations: 1, requests: 1 };
    });
    const none = await lowLatencyFinalists(shapes, contextOf({ crew: failing }));
    expect(none).toEqual([]);
    const small = contextOf();
    const request = { ...small.request, accelerators: { h: 1 } };
    const lone = await lowLatencyFinalists(shapes, { ...small, request });
    for (const { shape } of lone) expect(shape.id).toMatch(/-tp1$/);
  });

  it('are not sought where the load is as much as there is, or where the time is up', async () => {
    expect(await lowLatencyFinalists(shapes, contextOf({}, { kind: 'most' }))).toEqual([]);
    expect(await lowLatencyFinalists(shapes, contextOf({ isOver: () => true }))).toEqual([]);
  });
});
