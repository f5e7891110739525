import type { BenchTask } from '../../optimize/index.ts';

/** Simulations behind an answer, about: searches take some eight, a capacity three of them. */
const RUNS: Readonly<Record<BenchTask['method'], number>> = {
  read: 1,
  find: 8,
  capacity: 24,
  'read-role': 1,
  'find-role': 8,
  'role-capacity': 24,
  'read-fleet': 1,
  'find-fleet': 8,
  'fleet-capacity': 24,
};

/** Seconds per simulated request: 1.5 µs, measured 2026-11-21 on two cores, Llama-3.1-70B on A100, H100 and L40S. */
const SECONDS_PER_REQUEST = 1.5e-6;
/** The same of pipelines, which are stepped, over one that is jumped; measured there. */
const STEPPED = 18;

/**
 * About how long a task will take on one core, seconds: decides only when threads are worth their start, and that long tasks
 * are begun first. Off by a factor of three either way.
 */
export function expectedSeconds(task: BenchTask): number {
  const { args } = task;
  const shapes =
    'parts' in args
      ? args.parts.map((part) => part.shape)
      : ['option' in args ? args.option.shape : args.shape];
  const isStepped = shapes.some((shape) => shape.configuration.parallelism.pipelineParallel > 1);
  return RUNS[task.method] * args.count * SECONDS_PER_REQUEST * (isStepped ? STEPPED : 1);
}
