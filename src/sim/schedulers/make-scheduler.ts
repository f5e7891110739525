import type { SimulationWorkspace } from '../workspace.ts';
import type { RequestFacts, Scheduler, SchedulerName, SchedulerOptions } from './scheduler.ts';
import { VllmV1Scheduler } from './vllm-v1/vllm-v1-scheduler.ts';

/** Memory of a scheduler: a workspace reserved for its requests, and the size of the finish ring of each cohort. */
export interface SchedulerMemory {
  readonly workspace: SimulationWorkspace;
  readonly ring: number;
}

/** Makes the scheduler called `name`; it mutates the workspace, which serves one scheduler at a time. */
export function makeScheduler(
  name: SchedulerName,
  facts: RequestFacts,
  options: SchedulerOptions,
  memory: SchedulerMemory,
): Scheduler {
  switch (name) {
    case 'vllm-v1':
      return new VllmV1Scheduler(facts, options, memory.workspace, memory.ring);
  }
}
