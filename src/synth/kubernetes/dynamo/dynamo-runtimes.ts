import { parseVersion } from '../../../catalog/index.ts';

/** A release of Dynamo and the version of an engine that its image holds. */
export interface DynamoRuntime {
  readonly release: string;
  readonly engineVersion: string;
}

/**
 * Engines inside the images of Dynamo (docs.nvidia.com/dynamo, "Support Matrix" and "Compatibility", 1.1.1 to 1.5.0, read
 * 2026-11), oldest first.
 */
const RUNTIMES: Readonly<Record<string, readonly DynamoRuntime[]>> = {
  vllm: [
    { release: '1.1.1', engineVersion: '0.19.0' },
    { release: '1.2.1', engineVersion: '0.20.1' },
    { release: '1.3.1', engineVersion: '0.23.0' },
    { release: '1.5.0', engineVersion: '0.28.0' },
  ],
  sglang: [
    { release: '1.1.1', engineVersion: '0.5.10.post1' },
    { release: '1.2.1', engineVersion: '0.5.11' },
    { release: '1.3.1', engineVersion: '0.5.14' },
    { release: '1.5.0', engineVersion: '0.5.18' },
  ],
};

/** The release whose engine is nearest to a version, the older of two; undefined for engines that Dynamo has no image of here. */
export function dynamoRuntime(engine: string, version: string): DynamoRuntime | undefined {
  const wanted = distanceKey(version);
  const ranked = (RUNTIMES[engine] ?? []).map((runtime) => ({
    runtime,
    distance: Math.abs(distanceKey(runtime.engineVersion) - wanted),
  }));
  return ranked.reduce<(typeof ranked)[number] | undefined>(
    (best, item) => (best === undefined || item.distance < best.distance ? item : best),
    undefined,
  )?.runtime;
}

/** A version as one number that keeps the order of releases: later parts weigh a thousandth of those before. */
function distanceKey(version: string): number {
  const parts = parseVersion(version) ?? [0, 0, 0];
  return parts.reduce((sum, part) => sum * 1000 + part, 0);
}
