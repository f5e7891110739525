export { cheapestUnits, fluidUnitPrices } from './fluid.ts';
export { packingFaults } from './check-packing.ts';
export { costOf, nodeCounts } from './packing-problem.ts';
export type {
  FilledNodes,
  PackItem,
  PackNode,
  Packing,
  PackingAnswer,
  PackingProblem,
  PackQuota,
} from './packing-problem.ts';
export { boundPacking, solvePacking } from './solve-packing.ts';
export type { PackingOptions } from './solve-packing.ts';
