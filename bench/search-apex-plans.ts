import { NO_PARALLELISM } from '../src/model/index.ts';
import type { Parallelism } from '../src/model/index.ts';

/** One execution plan of APEX: all devices in equal replicas, each a pipeline whose layers are cut cell by cell. */
export interface ApexPlan {
  /** Model replicas. */
  readonly replicas: number;
  /** Pipeline stages of a replica. */
  readonly stages: number;
  /** Data-parallel copies of the attention cell within a stage, each cut over the stage's devices ÷ copies. */
  readonly attentionCopies: number;
  /** The same of the feed-forward cell. */
  readonly feedForwardCopies: number;
}

/** What decides which plans there are. Bytes are those of one layer's cell over all devices. */
export interface ApexSpace {
  readonly devices: number;
  readonly layers: number;
  readonly heads: number;
  readonly attentionBytes: number;
  readonly feedForwardBytes: number;
  /** Memory of one device, all of which weights may fill. */
  readonly deviceBytes: number;
}

/**
 * Every plan that APEX generates for a dense decoder on one node: model replicas × stages that divide the layers ×
 * copies of each cell, all sizes divisors of what they share out; copies of the two cells have no common divisor, and the
 * weights of a device fit its memory (rules read in `apex_plus/search/engine.py` and `parallel/templates` of
 * github.com/microsoft/apex_plus, version of arXiv 2411.17651; seen 2026-11-21).
 */
export function apexPlans(space: ApexSpace): readonly ApexPlan[] {
  return divisors(space.devices).flatMap((replicas) =>
    divisors(space.devices / replicas)
      .filter((stages) => space.layers % stages === 0)
      .flatMap((stages) => {
        const ranks = space.devices / replicas / stages;
        return divisors(ranks).flatMap((attentionCopies) =>
          divisors(ranks)
            .map((feedForwardCopies) => ({ replicas, stages, attentionCopies, feedForwardCopies }))
            .filter((plan) => isCoprime(plan) && hasHeads(plan, space) && doesFit(plan, space)),
        );
      }),
  );
}

/** Devices of one stage of one replica. */
export function stageRanks(plan: ApexPlan, devices: number): number {
  return devices / plan.replicas / plan.stages;
}

function divisors(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((size) => n % size === 0);
}

function isCoprime({ attentionCopies, feedForwardCopies }: ApexPlan): boolean {
  const divisorOf = (a: number, b: number): number => (b === 0 ? a : divisorOf(b, a % b));
  return divisorOf(attentionCopies, feedForwardCopies) === 1;
}

function hasHeads(plan: ApexPlan, { devices, heads }: ApexSpace): boolean {
  return heads >= stageRanks(plan, devices) / plan.attentionCopies;
}

/** Weights alone are counted: neither the KV cache nor activations need room in APEX's rule. */
function doesFit(plan: ApexPlan, space: ApexSpace): boolean {
  const ranks = stageRanks(plan, space.devices);
  const layer =
    (space.attentionBytes * plan.attentionCopies + space.feedForwardBytes * plan.feedForwardCopies) / ranks;
  return layer * (space.layers / plan.stages) <= space.deviceBytes;
}

/** How we cut one replica of a plan. */
export function parallelismOf(plan: ApexPlan, devices: number): Parallelism {
  const ranks = stageRanks(plan, devices);
  const base = {
    ...NO_PARALLELISM,
    tensorParallel: ranks / plan.attentionCopies,
    pipelineParallel: plan.stages,
    dataParallel: plan.attentionCopies,
  };
  const feedForwardParallel = ranks / plan.feedForwardCopies;
  return feedForwardParallel === base.tensorParallel ? base : { ...base, feedForwardParallel };
}

/** The engine that can run a plan's cut of one replica; undefined when none can. */
export function engineOf(plan: ApexPlan): string | undefined {
  if (plan.feedForwardCopies > 1) return undefined;
  return plan.attentionCopies > 1 ? 'sglang' : 'vllm';
}

/** Short name: `2 x pp2 tp2`; a cell that is cut otherwise than the stage is named with its copies. */
export function planName(plan: ApexPlan, devices: number): string {
  const ranks = stageRanks(plan, devices);
  const { attentionCopies: attention, feedForwardCopies: feedForward } = plan;
  const cells = [
    attention > 1 ? `attention dp${attention}` : '',
    feedForward > 1 ? `feed-forward dp${feedForward}` : '',
  ].filter((part) => part !== '');
  const stages = plan.stages > 1 ? `pp${plan.stages} ` : '';
  return [`${plan.replicas} x ${stages}tp${ranks}`, ...cells].join(' ');
}
