import { seconds } from '../units/index.ts';
import type { Seconds } from '../units/index.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { pipelineStages } from './pipeline.ts';
import { stageWeightBytes } from './weights.ts';

/** Rate at which one node reads weights, bytes/s: local NVMe or a parallel object-store download; *assumed*. */
const LOAD_BANDWIDTH = 2e9;
/** Process start, imports, device and collective initialisation by engine; *assumed* from typical logs of vLLM. */
const INITIALISATION = 30;
/** Compilation and CUDA graph capture: a base and a share per layer; *assumed* (vLLM: 20 to 60 s for 32 to 80 layers). */
const CAPTURE_BASE = 10;
const CAPTURE_PER_LAYER = 0.5;

/** Time from container start until the replica answers: start the engine, read the weights (the fullest node last), capture graphs. */
export function replicaStartup(c: ReplicaConfiguration): Seconds {
  const perNode = pipelineStages(c).map((stage) => {
    const { acceleratorsPerNode, acceleratorsPerHost } = stage.configuration;
    return stageWeightBytes(stage) * Math.min(stage.alikeRanks, acceleratorsPerHost ?? acceleratorsPerNode);
  });
  const loading = Math.max(...perNode) / LOAD_BANDWIDTH;
  return seconds(INITIALISATION + loading + CAPTURE_BASE + CAPTURE_PER_LAYER * c.architecture.layers);
}
