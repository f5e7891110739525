/** The openb trace, when its data is there: our FGD against the published one, and ours against FGD. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { allocatedAt, openbArrivals, openbNodes } from '../bench/openb-arrivals.ts';
import { openOpenb, readPodList } from '../bench/openb-data.ts';
import { fgd } from '../bench/baselines/fgd.ts';
import {
  bidPricePolicy,
  ClusterState,
  countShapes,
  gpuMilliOf,
  placeArrivals,
} from '../src/optimize/online-packing/index.ts';
import type { OnlinePolicyFactory } from '../src/optimize/online-packing/index.ts';
import { randomStream } from '../src/random/index.ts';

const DATA = process.env['PLIMSOLL_DATA'] ?? path.resolve(import.meta.dirname, '../../shared/data');
const isThere = existsSync(path.join(DATA, 'packing', 'openb'));

describe.skipIf(!isThere)('openb (skipped without the data folder; PLIMSOLL_DATA names it)', () => {
  const allocated = (factory: OnlinePolicyFactory): number => {
    const data = openOpenb(DATA);
    const pods = readPodList(data, 'default');
    const cluster = new ClusterState(openbNodes(data.nodes, 42));
    const policy = factory({ cluster, expected: countShapes(pods), stream: randomStream(42, 'openb/test') });
    const arrivals = openbArrivals(pods, cluster.capacityGpuMilli, 42);
    const record = placeArrivals(
      cluster,
      policy,
      Int32Array.from(arrivals, (pod) => cluster.intern(pod)),
    );
    return allocatedAt(record, cluster.capacityGpuMilli, 100);
  };

  it('FGD allocates what its authors published for the default list, 95.23 %, within 0.4 points on one seed', () => {
    expect(Math.abs(allocated(fgd) - 95.23)).toBeLessThan(0.4);
  });

  it('bid prices allocate at least 0.5 points more than the published FGD', () => {
    expect(allocated(bidPricePolicy)).toBeGreaterThan(95.73);
  });
});

describe('the arrivals of the experiments', () => {
  const pods = Array.from({ length: 50 }, (_, i) => ({
    cpuMilli: i,
    memoryMib: 1,
    gpus: 1,
    gpuMilli: i % 2 === 0 ? 1000 : 400,
    models: [],
  }));

  it('begin with the whole list in an order of the seed and end just below 130 % of the capacity', () => {
    const arrivals = openbArrivals(pods, 40_000, 1);
    const demand = arrivals.reduce((sum, pod) => sum + gpuMilliOf(pod), 0);
    expect(new Set(arrivals.slice(0, 50)).size).toBe(50);
    expect(demand).toBeLessThanOrEqual(52_000);
    expect(demand).toBeGreaterThan(51_000 - 1000);
    expect(openbArrivals(pods, 40_000, 1)).toEqual(arrivals);
    expect(openbArrivals(pods, 40_000, 2)).not.toEqual(arrivals);
  });

  it('drop pods of a list that asks for more than that', () => {
    const arrivals = openbArrivals(pods, 10_000, 1);
    expect(arrivals.reduce((sum, pod) => sum + gpuMilliOf(pod), 0)).toBeLessThanOrEqual(13_000);
    expect(new Set(arrivals).size).toBe(arrivals.length);
  });

  it('are read at the mean over the arrivals that round to the asked demand', () => {
    const record = {
      placements: [],
      arrivedGpuMilli: Float64Array.of(500, 996, 1004, 1200),
      allocatedGpuMilli: Float64Array.of(500, 900, 910, 950),
    };
    expect(allocatedAt(record, 1000, 100)).toBeCloseTo(90.5);
    expect(allocatedAt(record, 1000, 110)).toBeCloseTo(91);
  });
});
