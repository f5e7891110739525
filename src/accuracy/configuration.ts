import { findAccelerator, findModel } from '../catalog/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Accelerator } from '../model/index.ts';
import { checkConfiguration } from '../perf/index.ts';
import type { ReplicaConfiguration } from '../perf/index.ts';
import type { BytesPerSecond } from '../units/index.ts';
import { launchedParallelism } from './harness.ts';
import type { HarnessSettings } from './harness.ts';
import { measuredPrecision } from './measured-precision.ts';
import type { MeasuredPool, Measurement } from './measurement.ts';

/** Least concurrent sequences an engine is started with (assumed). */
const LEAST_SEQUENCES = 64;
/** Tokens kept free beside prompt and output: chat template and special tokens (assumed). */
const LENGTH_MARGIN = 200;
/** Accelerators joined by one NVLink domain where it is not the usual eight of a server (NVIDIA GB200 and GB300 NVL72). */
const DOMAIN_SIZES: Readonly<Record<string, number>> = { gb200: 72, gb300: 72 };
const SERVER_SIZE = 8;
/** Network per accelerator between domains: 400 Gbit/s, the usual rail of an H100 server. */
const NETWORK_BANDWIDTH = 50e9 as BytesPerSecond;

/** Requests in flight per attention data-parallel rank of a pool that holds `concurrency` of them, at least 1. */
export function sequencesPerRank(concurrency: number, pool: MeasuredPool): number {
  return Math.max(1, Math.ceil(concurrency / (pool.workers * pool.parallelism.dataParallel)));
}

/** One replica of a measured pool, or why it cannot be described or cannot run. */
export function poolConfiguration(
  m: Measurement,
  pool: MeasuredPool,
  catalog: Catalog,
  settings: HarnessSettings,
): ReplicaConfiguration | string {
  const model = findModel(catalog, m.model);
  if (!model.ok) return `unknown-model: ${model.diagnostics[0]?.summary ?? m.model}`;
  const accelerator = findAccelerator(catalog, m.system);
  if (!accelerator.ok) return `unknown-system: ${accelerator.diagnostics[0]?.summary ?? m.system}`;
  const weightPrecision = measuredPrecision(m, model.value);
  const configuration: ReplicaConfiguration = {
    architecture: model.value,
    accelerator: accelerator.value,
    ...domainOf(accelerator.value),
    engine: m.engine,
    parallelism: launchedParallelism(m, pool),
    weightPrecision,
    kvPrecision: weightPrecision === 'bf16' || weightPrecision === 'int4' ? 'bf16' : 'fp8',
    batch: {
      maxBatchedTokens: settings.maxBatchedTokens,
      maxSequences: Math.max(LEAST_SEQUENCES, sequencesPerRank(m.concurrency, pool)),
    },
    maxModelLength: m.isl + m.osl + LENGTH_MARGIN,
    ...(settings.memoryShare === undefined ? {} : { memoryShare: settings.memoryShare }),
    ...(settings.speculative === undefined ? {} : { speculative: settings.speculative }),
  };
  const check = checkConfiguration(configuration);
  return check.ok ? configuration : `${check.reason}: ${check.detail}`;
}

function domainOf(
  accelerator: Accelerator,
): Pick<ReplicaConfiguration, 'acceleratorsPerNode' | 'interNodeBandwidth'> {
  return {
    acceleratorsPerNode: DOMAIN_SIZES[accelerator.name] ?? SERVER_SIZE,
    interNodeBandwidth: NETWORK_BANDWIDTH,
  };
}
