import { engineVersion } from '../../model/index.ts';
import type { SearchResult } from '../../optimize/index.ts';
import { formatNumber, formatPercent } from '../../units/index.ts';
import type { ClusterPool } from './cluster-pools.ts';
import type { ResolvedSearch } from './resolve-search.ts';

/** What was chosen because no option said it, and what plans of a search rest on, in sentences. */
export function searchAssumptions(search: ResolvedSearch, result: SearchResult): readonly string[] {
  const { options, facts } = search;
  return [
    ...(options.precisions === undefined
      ? [
          `Formats of the weights: ${facts.precisions.join(', ')}, in which the model is published and which the cluster computes; a smaller one may change its answers.`,
        ]
      : []),
    ...(options.engines === undefined ? [`Engine: vllm ${engineVersion('vllm')}.`] : []),
    ...(facts.maxModelLength === undefined
      ? []
      : [
          `Sequences up to ${facts.maxModelLength} tokens are served: the longest request of the load, in whole 1024.`,
        ]),
    ...facts.pools.flatMap(poolSentences),
    ...loadSentences(search),
    ...(facts.isPriced ? [] : ['No price is known: plans are compared by their accelerators.']),
    ...accuracySentences(result),
    'Plans hold while all their replicas stand: spare capacity, zones and spot are the matter of `plimsoll plan`.',
  ];
}

function poolSentences({ accelerator, perNode, instance, price }: ClusterPool): readonly string[] {
  const { name } = accelerator;
  const node =
    instance === undefined
      ? `Nodes of ${perNode} ${name} with 16 vCPUs, 128 GiB and 400 Gbit/s per accelerator (assumed): the catalogue has no instance type with them.`
      : instance.accelerator?.count === perNode
        ? `Nodes of ${perNode} ${name} are ${instance.name} (${instance.provider}).`
        : `Nodes of ${perNode} ${name} have the share of ${instance.name} (${instance.provider}) that their accelerators are.`;
  return price === undefined
    ? [node]
    : [node, `${name}: ${formatNumber(price.perHour)} USD per accelerator and hour, ${price.source}.`];
}

function loadSentences({ options, workload }: ResolvedSearch): readonly string[] {
  const { cv, family } = workload.profile.arrivals;
  const isLengths = options.profile === undefined && options.trace === undefined;
  const arrivals =
    cv === 1 && family === 'gamma'
      ? 'a Poisson process'
      : `${family} gaps with a CV of ${formatNumber(cv, 3)}`;
  return [
    ...(isLengths && (options.lengthSpread ?? 0) === 0
      ? ['All requests are alike; --length-spread, --profile and --trace vary them.']
      : []),
    ...(options.clients === undefined ? [`Requests arrive as ${arrivals}.`] : []),
  ];
}

/** How well the step times of the best plan are known. */
function accuracySentences({ plans }: SearchResult): readonly string[] {
  const [best] = plans;
  if (best === undefined) return [];
  const { evidence, modelError } = best.performance;
  const accelerators = [...new Set(best.parts.map((part) => part.candidate.accelerator))].join(' and ');
  return [
    evidence === 'assumed'
      ? `${accelerators} was not measured: its step times are scaled from the nearest accelerator that was, within ${formatPercent(modelError, 2)} in 8 of 10 cases (assumed).`
      : `Step times on ${accelerators} are within ${formatPercent(modelError, 2)} in 8 of 10 cases (${evidence}).`,
  ];
}
