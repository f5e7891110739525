export { adaptiveFleet } from './adaptive-fleet.ts';
export type { AdaptiveFleetOptions } from './adaptive-fleet.ts';
