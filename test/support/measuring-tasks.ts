import { generateShapes } from '../../src/optimize/candidates/generator.ts';
import type { BenchSubject, BenchTask } from '../../src/optimize/index.ts';
import { chatProfile, h100, resolvedProblem } from '../../src/optimize/testing/resolved.ts';
import { checkConfiguration, shippedCoefficients } from '../../src/perf/index.ts';

const OFFERING = h100({ pool: 'h100', zone: 'a', capacityType: 'on-demand', price: 30, accelerators: 4 });

/** A Llama-8B chat workload on H100 to measure. For tests only. */
export function chatSubject(facts: Partial<BenchSubject> = {}): BenchSubject {
  const { workload, profile } = chatWorkload();
  return {
    workload: workload.id,
    profile,
    limits: workload.slo.limits,
    seed: 1,
    coefficients: shippedCoefficients(),
    longest: 2000,
    ...facts,
  };
}

/** A task of every method for one replica, for a plain shape and a pipeline: short runs that take some milliseconds each. */
export function chatTasks(): readonly BenchTask[] {
  const { shapes } = generateShapes(chatWorkload(), [OFFERING]);
  return shapes
    .filter(({ id, configuration }) => /-tp1(-pp2)?$/.test(id) && checkConfiguration(configuration).ok)
    .flatMap((shape): BenchTask[] => {
      const run = { shape, batch: { maxBatchedTokens: 8192, maxSequences: 256 }, count: 300 };
      return [
        { method: 'read', args: { ...run, load: 4, canAbort: true } },
        { method: 'read', args: { ...run, load: 1e4, canAbort: true } },
        { method: 'find', args: { ...run, tolerance: 0.1 } },
        { method: 'capacity', args: { ...run, start: 5 } },
      ];
    });
}

function chatWorkload(): ReturnType<typeof resolvedProblem>['workloads'][number] {
  const [first] = resolvedProblem({
    offerings: [OFFERING],
    workloads: [{ id: 'chat', profile: chatProfile(20) }],
  }).workloads;
  if (first === undefined) throw new Error('unreachable');
  return first;
}
