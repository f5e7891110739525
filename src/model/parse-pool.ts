import type { NormalizedDocument } from './normalize-document.ts';
import { read } from './parse-quantities.ts';
import type { HardwarePool } from './pool.ts';

/** The pool of a validated and normalised document; `path` is where the user declared it. */
export function parsePool(document: NormalizedDocument['pools'][number], path: string): HardwarePool {
  const { nodeStartup, interNodeBandwidth, interruption } = document;
  return {
    id: document.id,
    path,
    provider: document.provider,
    region: document.region,
    zones: document.zones,
    instanceType: document.instanceType,
    capacityTypes: document.capacityTypes,
    maxNodes: document.maxNodes ?? Infinity,
    prices: Object.fromEntries(
      Object.entries(document.prices ?? {}).map(([type, price]) => [type, read('hourlyUsd', price)]),
    ),
    ...(nodeStartup === undefined ? {} : { nodeStartup: read('duration', nodeStartup) }),
    ...(interNodeBandwidth === undefined
      ? {}
      : { interNodeBandwidth: read('bandwidth', interNodeBandwidth) }),
    ...(interruption === undefined ? {} : { interruptionProbability: read('percent', interruption) }),
    labels: document.labels ?? {},
    taints: document.taints ?? [],
  };
}
