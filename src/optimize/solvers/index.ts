export * from './integer-program.ts';
export * from './solver-adapter.ts';
export * from './trusted-solve.ts';
export { checkAnswer } from './check-answer.ts';
export { HighsAdapter } from './highs/highs-adapter.ts';
export { JavascriptLpSolverAdapter } from './javascript-lp-solver/javascript-lp-solver-adapter.ts';
