import { BLOCK_TOKENS, evenLayers, pipelineStages, stageMemory, stageSeconds } from '../../perf/index.ts';
import type {
  OperatorCoefficients,
  ReplicaConfiguration,
  Stage,
  StageConfiguration,
  StepBatch,
} from '../../perf/index.ts';

/** What a split is made for. */
export interface SplitGoal {
  readonly coefficients: OperatorCoefficients;
  /** The step that stages are to take equally long for. */
  readonly batch: StepBatch;
  /** Tokens that the KV cache of every stage should hold; where no split holds them, one that holds most is made. */
  readonly cachedTokens: number;
}

/** A stage without its layers. */
export type StageKind = Omit<StageConfiguration, 'layers'>;

/**
 * The stages of a pipeline with layers, so that its slowest stage takes as short as can be for the goal's step, and the slowest of
 * the others after it, within the memory of every stage. Undefined where the layers do not fit, however they are spread, or are
 * fewer than the stages. `c.parallelism` has as many stages as `kinds`; its own `stages` do not count.
 *
 * Exact: a stage's time grows with its layers and its room for KV blocks falls, so that giving each layer to the stage that
 * is then least slow, among those with room, leaves the least maximum. O(layers × stages).
 */
export function splitLayers(
  c: ReplicaConfiguration,
  kinds: readonly StageKind[],
  goal: SplitGoal,
): readonly StageConfiguration[] | undefined {
  const { layers } = c.architecture;
  if (kinds.length > layers) return undefined;
  const even = evenLayers(layers, kinds.length);
  const stages = kinds.map((kind, index) => ({ ...kind, layers: even[index]! }));
  const loads = stageLoads(pipelineStages({ ...c, stages }), goal, layers);
  const wanted = Math.max(1, Math.ceil(goal.cachedTokens / BLOCK_TOKENS));
  const blocks = hasRoom(loads, wanted, layers) ? wanted : mostBlocks(loads, layers);
  if (blocks < 1) return undefined;
  return filled(loads, blocks, layers).map((own, index) => ({ ...stages[index]!, layers: own }));
}

/** What layers cost on one stage. */
interface StageLoad {
  /** Seconds of a step without layers, and of each layer. */
  readonly fixed: number;
  readonly perLayer: number;
  /** KV blocks that the stage has room for with so many layers, ≥ 1; falling. */
  readonly blocks: (layers: number) => number;
}

/** Loads by stage; alike stages share one. */
function stageLoads(stages: readonly Stage[], goal: SplitGoal, layers: number): readonly StageLoad[] {
  const known = new Map<string, StageLoad>();
  return stages.map((stage) => {
    const { accelerator, acceleratorsPerNode } = stage.configuration;
    const key = [accelerator.name, acceleratorsPerNode, stage.isFirst, stage.isLast, stage.next].join();
    const load = known.get(key) ?? stageLoad(stage, goal, layers);
    known.set(key, load);
    return load;
  });
}

function stageLoad(stage: Stage, { coefficients, batch }: SplitGoal, layers: number): StageLoad {
  const holding = (own: number): Stage => ({ ...stage, layers: own, share: own / layers });
  const fixed = stageSeconds(holding(0), coefficients, batch);
  const whole = stageSeconds(holding(layers), coefficients, batch);
  const known: number[] = [];
  const blocks = (own: number): number => (known[own] ??= stageMemory(holding(own)).kvBlocks);
  return { fixed, perLayer: (whole - fixed) / layers, blocks };
}

/** Most layers of a stage that leave it room for `blocks` ≥ 1 KV blocks. */
function roomFor(load: StageLoad, blocks: number, layers: number): number {
  let low = 0;
  let high = layers;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (load.blocks(middle) >= blocks) low = middle;
    else high = middle - 1;
  }
  return low;
}

function hasRoom(loads: readonly StageLoad[], blocks: number, layers: number): boolean {
  const rooms = loads.map((load) => roomFor(load, blocks, layers));
  return rooms.every((room) => room >= 1) && rooms.reduce((sum, room) => sum + room, 0) >= layers;
}

/** The most KV blocks that some split leaves every stage; 0 where the layers do not fit at all. */
function mostBlocks(loads: readonly StageLoad[], layers: number): number {
  let low = 0;
  let high = Math.min(...loads.map((load) => load.blocks(1)));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (hasRoom(loads, middle, layers)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Layers by stage: one each, then each to the stage that is least slow with it; earlier stages first. */
function filled(loads: readonly StageLoad[], blocks: number, layers: number): readonly number[] {
  const rooms = loads.map((load) => roomFor(load, blocks, layers));
  const held = loads.map(() => 1);
  for (let left = layers - loads.length; left > 0; left--) {
    let best = -1;
    let bestTime = Infinity;
    for (const [index, { fixed, perLayer }] of loads.entries()) {
      const time = fixed + perLayer * (held[index]! + 1);
      if (held[index]! < rooms[index]! && time < bestTime) {
        best = index;
        bestTime = time;
      }
    }
    held[best]!++;
  }
  return held;
}
