export { optimize } from './optimize.ts';
export type { OptimizeOptions } from './options.ts';
export type { ProgressEvent } from './progress.ts';
export { verifyDecision } from './verify-decision.ts';
export { hoursPerMonth, timeWindows } from './windows.ts';
export { loadSolver, solverNames } from './solvers/index.ts';
export type { SolverName } from './solvers/index.ts';
export { BATCH_LIMITS } from './candidates/llm-shapes.ts';
