import type { ArrivalProfile } from '../../model/index.ts';
import { requestsPerSecond } from '../../units/index.ts';

/** A profile with few, round quantiles whose mean and percentiles are easy to work out by hand. */
export function simpleProfile(changes: Partial<ArrivalProfile> = {}): ArrivalProfile {
  return {
    name: 'simple',
    hourlyRate: Array.from({ length: 168 }, () => requestsPerSecond(2)),
    arrivals: { family: 'gamma', cv: 1 },
    lengths: {
      inputQuantiles: [100, 200, 300, 400, 500],
      outputQuantiles: [
        [10, 20],
        [100, 300],
      ],
    },
    prefix: { hitRate: 0 },
    provenance: { evidence: 'assumed', source: 'made for tests' },
    ...changes,
  };
}
