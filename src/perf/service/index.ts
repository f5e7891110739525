export { callRates } from './call-graph.ts';
export { serviceArrivals } from './arrival-variability.ts';
export type { ServiceArrivals } from './arrival-variability.ts';
export { replicaQueue } from './queueing-replica.ts';
export type { ReplicaQueue } from './queueing-replica.ts';
export { UTILISATION_CAP } from './replica-model.ts';
export { serviceResponse } from './service-response.ts';
export type { PlannedService } from './service-response.ts';
export { serviceShapes } from './service-shapes.ts';
