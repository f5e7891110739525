export { ForecastPolicy } from './forecast-policy.ts';
export { hindsightCost } from './hindsight-cost.ts';
export { isSafeMode, spareSeconds } from './safety-net.ts';
