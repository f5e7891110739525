import type { Accelerator } from '../model/index.ts';
import { linkDomain } from './collectives.ts';
import type { ReplicaConfiguration, StageConfiguration } from './configuration.ts';

/** One stage of the pipeline of a replica. A replica without pipeline parallelism has one, first and last. */
export interface Stage {
  /** The replica as if all of it ran on this stage's accelerator: what laws and sizes are asked with. */
  readonly configuration: ReplicaConfiguration;
  /** Transformer layers it holds, and these over all layers, 0..1. Kinds of layers are taken to be spread evenly (*assumed*). */
  readonly layers: number;
  readonly share: number;
  /** The first stage holds the embedding, the last one the head. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Where the stage that follows runs: `none` after the last one, `rack` beyond the node but over the fast link. */
  readonly next: 'none' | 'node' | 'rack' | 'network';
  /** Accelerators of this stage and its neighbours of the same kind without a gap. */
  readonly alikeRanks: number;
}

/**
 * The stages of a configuration that passed `checkConfiguration`, in pipeline order. Stages of unlike accelerators are on
 * different nodes; those of one kind in a row fill one node after the other.
 */
export function pipelineStages(c: ReplicaConfiguration): readonly Stage[] {
  const { architecture: a, parallelism: p } = c;
  const own =
    c.stages ??
    evenLayers(a.layers, p.pipelineParallel).map((layers) => ({ layers, accelerator: c.accelerator }));
  const kinds = own.map(({ accelerator }) => accelerator.name);
  return own.map((stage, index) => {
    const configuration = c.stages === undefined ? c : stageConfiguration(c, stage);
    const run = runAround(kinds, index);
    const ranks = stageRanks(c);
    return {
      configuration,
      layers: stage.layers,
      share: stage.layers / a.layers,
      isFirst: index === 0,
      isLast: index === own.length - 1,
      next: index === own.length - 1 ? 'none' : nextPlace(configuration, run, ranks),
      alikeRanks: ranks * run.length,
    };
  });
}

/** Accelerators of one stage. */
export function stageRanks({ parallelism: p }: Pick<ReplicaConfiguration, 'parallelism'>): number {
  return p.tensorParallel * p.dataParallel * p.contextParallel;
}

/** The accelerators of a replica, one entry per kind, in the order in which a token meets them. */
export function acceleratorKinds(c: ReplicaConfiguration): readonly Accelerator[] {
  const all = c.stages?.map(({ accelerator }) => accelerator) ?? [c.accelerator];
  return all.filter((item, index) => all.findIndex(({ name }) => name === item.name) === index);
}

/**
 * Layers per stage, as even as can be. Layers that are left over go one each to the stages before the last, from the
 * back: the last one has the head to compute as well (126 over 4: 31, 32, 32, 31; vLLM, `get_pp_indices` with its test
 * `test_pipeline_partition.py`, 2025).
 */
export function evenLayers(layers: number, stages: number): readonly number[] {
  const each = Math.floor(layers / stages);
  const left = layers - each * stages;
  return Array.from({ length: stages }, (_, index) => {
    const isLast = index === stages - 1;
    return each + (!isLast && index >= stages - 1 - left ? 1 : 0);
  });
}

function stageConfiguration(c: ReplicaConfiguration, stage: StageConfiguration): ReplicaConfiguration {
  const { stages: _stages, ...common } = c;
  const { accelerator, reach } = stage;
  if (reach === undefined) return { ...common, accelerator };
  const { acceleratorsPerHost: _host, ...unreached } = common;
  return { ...unreached, accelerator, ...reach };
}

/** A stage among its neighbours of the same kind. */
interface Run {
  readonly position: number;
  readonly length: number;
}

function runAround(kinds: readonly string[], index: number): Run {
  let first = index;
  let last = index;
  while (first > 0 && kinds[first - 1] === kinds[index]) first--;
  while (last < kinds.length - 1 && kinds[last + 1] === kinds[index]) last++;
  return { position: index - first, length: last - first + 1 };
}

function nextPlace(c: ReplicaConfiguration, { position, length }: Run, ranks: number): Stage['next'] {
  if (position === length - 1) return 'network';
  const [own, next] = [position * ranks, (position + 2) * ranks - 1];
  const isWithin = (size: number): boolean => Math.floor(own / size) === Math.floor(next / size);
  if (isWithin(c.acceleratorsPerNode)) return 'node';
  return isWithin(linkDomain(c)) ? 'rack' : 'network';
}
