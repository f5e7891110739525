import type { ReplicaConfiguration } from './configuration.ts';

/**
 * Why a cut does not divide the model, or undefined where it does: heads and KV heads by tensor parallelism, layers by
 * stages, experts by expert parallelism, feed-forwards by tensor parallelism with or without the data-parallel ranks; stages
 * that are named hold every layer once; context parallelism needs attention in every mixing layer.
 */
export function shapeProblem(c: ReplicaConfiguration): string | undefined {
  const a = c.architecture;
  const p = c.parallelism;
  const { tensorParallel: tp, pipelineParallel: pp, dataParallel: dp, expertParallel: ep } = p;
  const sizes = Object.entries(p) as [string, number][];
  const broken = sizes.find(([, size]) => !Number.isInteger(size) || size < 1);
  return broken !== undefined
    ? `${broken[0]} is ${broken[1]}, which is no whole number above zero`
    : p.contextParallel > 1 && a.attention.linear > 0
      ? 'context parallelism is not modelled for linear attention, whose state runs through the whole sequence'
      : a.heads % tp !== 0
        ? `${a.heads} heads do not divide by tensor parallelism ${tp}`
        : a.mla === undefined && a.kvHeads % tp !== 0 && tp % a.kvHeads !== 0
          ? `${a.kvHeads} KV heads and tensor parallelism ${tp} do not divide each other`
          : pp > a.layers
            ? `${a.layers} layers are fewer than ${pp} pipeline stages`
            : (stagesProblem(c) ?? feedForwardProblem(c) ?? (ep > 1 ? expertProblem(c, tp * dp) : undefined));
}

function stagesProblem({ stages, parallelism, architecture }: ReplicaConfiguration): string | undefined {
  if (stages === undefined) return undefined;
  const { pipelineParallel } = parallelism;
  if (stages.length !== pipelineParallel) return `${stages.length} stages are named for ${pipelineParallel}`;
  const broken = stages.find(({ layers }) => !Number.isInteger(layers) || layers < 1);
  if (broken !== undefined) return `a stage of ${broken.layers} layers is not possible`;
  const sum = stages.reduce((total, { layers }) => total + layers, 0);
  return sum === architecture.layers
    ? undefined
    : `the stages hold ${sum} layers, the model has ${architecture.layers}`;
}

/** Data-parallel ranks compute their feed-forwards each on its own or all together. */
function feedForwardProblem({ parallelism: p }: ReplicaConfiguration): string | undefined {
  const { tensorParallel: tp, dataParallel: dp, feedForwardParallel: ff = tp } = p;
  return ff === tp || ff === tp * dp
    ? undefined
    : `a feed-forward is cut over ${tp} rank${tp > 1 ? 's' : ''} (tensor parallelism)${dp > 1 ? ` or all ${tp * dp} of a stage` : ''}, not over ${ff}`;
}

function expertProblem(c: ReplicaConfiguration, ranks: number): string | undefined {
  const ep = c.parallelism.expertParallel;
  const experts = c.architecture.moe?.experts;
  if (experts === undefined) return 'expert parallelism needs a model with routed experts';
  if (ranks % ep !== 0) return `expert parallelism ${ep} does not divide the ${ranks} ranks of a stage`;
  if (experts % ep !== 0) return `${experts} experts do not divide by expert parallelism ${ep}`;
  return undefined;
}
