export type { LayerProfile } from './layer-profile.ts';
export { compileProfileSteps } from './profile-steps.ts';
export type { ProfileComplements } from './profile-steps.ts';
export { readLayerProfile } from './read-layer-profile.ts';
export type { LayerProfileFiles } from './read-layer-profile.ts';
