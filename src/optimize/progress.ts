import type { MicroUsd } from '../units/index.ts';

/** What the optimizer is doing; hosts decide what to show. `done` of `total` steps of the stage are finished. */
export type ProgressEvent =
  | {
      /** Candidates race by simulation; the finalists are measured by the longest runs. */
      readonly stage: 'race' | 'measure';
      readonly workload: string;
      /** Workloads measured so far, of how many. */
      readonly done: number;
      readonly total: number;
      /** Share of all measuring that is done, 0..1, by the candidates seen so far. */
      readonly share: number;
    }
  | {
      /** Joint placement; prices of constraints and the runner-up; why nothing is feasible; checks. */
      readonly stage: 'place' | 'price' | 'explain' | 'verify';
      readonly workload?: string;
      readonly done: number;
      readonly total: number;
      /** Cost of the best plan so far. */
      readonly bestPerMonth?: MicroUsd;
      /** Share of that cost by which a better plan could be cheaper, 0..1, by the bound known so far. */
      readonly gap?: number;
    };

/** What is told of the best plan so far: its cost, and how far it is at most from the best possible. */
export function bestSoFar({ objective, bound }: { readonly objective: MicroUsd; readonly bound: MicroUsd }): {
  readonly bestPerMonth: MicroUsd;
  readonly gap: number;
} {
  return { bestPerMonth: objective, gap: objective > 0 ? Math.max(0, 1 - bound / objective) : 0 };
}

/** Lets the host handle signals and draw between steps of a long computation. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
