import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { BindingConstraint, Rejection, RejectionReason } from '../../model/index.ts';
import type { SearchResult } from '../../optimize/index.ts';
import { formatUsd } from '../../units/index.ts';
import { fittingClusters } from './fitting-clusters.ts';
import type { ResolvedSearch } from './resolve-search.ts';

/**
 * Reasons that speak against a candidate itself: nothing else would help it. What is dominated shares the fate of the shape that is
 * at least as good.
 */
const OF_CANDIDATES: ReadonlySet<RejectionReason> = new Set([
  'invalid-parallelism',
  'unsupported-precision',
  'does-not-divide-node',
  'out-of-memory',
  'kv-too-small',
  'not-executable',
  'step-exceeds-tpot',
  'prefill-exceeds-ttft',
  'dominated',
  'unstable',
  'slo-not-met',
]);

/** What would help where nothing but reasons is known, by the reason that is told. */
const NEXT_STEPS: Readonly<Partial<Record<RejectionReason, string>>> = {
  'invalid-parallelism': 'Offer a number of accelerators whose divisors divide the model, such as 8.',
  'does-not-divide-node': 'Offer nodes that parallelism divides, such as :8 in --cluster.',
  'out-of-memory': 'Offer more accelerators, or allow a smaller format with --precisions.',
  'kv-too-small': 'Lower --max-model-length, allow --kv fp8, or offer more accelerators.',
  'unsupported-precision': 'Allow another format with --precisions.',
  'not-executable': 'Allow another engine with --engines, or look at them all with --include-unexecutable.',
  'step-exceeds-tpot': 'Raise the TPOT limit, allow a smaller format, or offer faster accelerators.',
  'prefill-exceeds-ttft': 'Raise the TTFT limit, or offer faster accelerators.',
  'slo-not-met': 'Raise the limit, or take it at a looser percentile.',
  unstable: 'Offer more accelerators, or lower the load.',
  'limit-exceeded': 'Raise the limit set beside the SLO.',
  'not-measured': 'Raise --budget.',
};

/**
 * Why a search found no plan, with the nearest change that would give one: `optimize-no-candidate` where no configuration
 * keeps the SLO at any load, else `optimize-infeasible`. At least one diagnostic.
 */
export function infeasibleSearch(
  { binding, rejected, proof }: SearchResult,
  search: ResolvedSearch,
): readonly Diagnostic[] {
  const isCandidates = rejected.length > 0 && rejected.every((item) => OF_CANDIDATES.has(item.reason));
  const code = isCandidates && proof.isComplete ? 'optimize-no-candidate' : 'optimize-infeasible';
  if (binding.length > 0) {
    const detail = proof.isComplete
      ? ''
      : 'The time ran out before every candidate was looked at: there may be a plan all the same.';
    return binding.map((item) => ({ ...bindingDiagnostic(code, item, search), detail }));
  }
  const subject = `${search.architecture.name} on ${clusterPhrase(search)}`;
  if (!proof.isComplete) {
    return [
      diagnostic(code, {
        summary: `No plan for ${subject} was found before the time ran out; there may be one.`,
        path: '--budget',
        fix: 'Raise --budget, or continue where this search stopped with --resume FILE.',
      }),
    ];
  }
  const told = mostTelling(rejected);
  return [
    diagnostic(code, {
      summary: `No plan for ${subject} keeps the SLO: ${told?.detail ?? 'no configuration can be laid out on it'}.`,
      detail: told === undefined ? '' : `So ${told.candidate} (${told.reason}).`,
      path: '--cluster',
      fix: (told === undefined ? undefined : NEXT_STEPS[told.reason]) ?? 'Offer another cluster.',
    }),
  ];
}

function bindingDiagnostic(
  code: 'optimize-no-candidate' | 'optimize-infeasible',
  { constraint, description, relaxation }: BindingConstraint,
  search: ResolvedSearch,
): Diagnostic {
  const why = `${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, '')}`;
  return diagnostic(code, {
    summary: `No plan for ${search.architecture.name} on ${clusterPhrase(search)}: ${inFlags(why, search)}.`,
    path: flagOf(constraint),
    fix: fittingPhrase(constraint, search) ?? fixOf(relaxation, search),
  });
}

/** What would let a model fit that fits nowhere, in terms of the cluster. */
function fittingPhrase(constraint: string, search: ResolvedSearch): string | undefined {
  const changes = constraint.startsWith('hardware/') ? fittingClusters(search) : [];
  return changes.length === 0 ? undefined : `It fits with ${changes.join(', or ')}.`;
}

function fixOf(relaxation: BindingConstraint['relaxation'], search: ResolvedSearch): string {
  return relaxation === undefined
    ? 'Relaxing this one alone does not help.'
    : relaxationPhrase(relaxation, search);
}

function relaxationPhrase(
  { change, perMonth }: NonNullable<BindingConstraint['relaxation']>,
  search: ResolvedSearch,
): string {
  const sentence = inFlags(`${change.charAt(0).toUpperCase()}${change.slice(1)}`, search);
  return perMonth === undefined || !search.facts.isPriced
    ? `${sentence}.`
    : `${sentence}: a plan then costs ${formatUsd(perMonth)} USD/month.`;
}

/** The flags by the names that constraints have in a stack. */
const FLAGS: Readonly<Record<string, string>> = {
  costPerMonth: '--max-cost',
  costPerMillionTokens: '--max-cost-per-million-tokens',
  throughputPerAccelerator: '--min-throughput',
  latency: '--max-latency',
  energyPerOutputToken: '--max-energy',
  confidence: '--confidence',
};

/** The flag that sets a constraint: `slo/<workload>/tpot.p99`, `limits/costPerMonth`, `accelerators/<pool>`. */
function flagOf(constraint: string): string {
  const [, metric, percentile] = /(ttft|tpot|e2e)\.(p\d+)/.exec(constraint) ?? [];
  if (metric !== undefined && percentile !== undefined) return `--${metric}-${percentile}`;
  const name = Object.keys(FLAGS).find((key) => constraint.split('/').some((part) => part.startsWith(key)));
  return name === undefined ? '--cluster' : (FLAGS[name] ?? constraint);
}

/** A sentence about a stack in terms of the command line: limits by their flags, the workload by its model. */
function inFlags(text: string, { workload }: ResolvedSearch): string {
  const named = text
    .replaceAll(/\b(ttft|tpot|e2e)\.(p\d+)\b/g, '--$1-$2')
    .replaceAll(` of ${workload.workload.id}`, '');
  return Object.entries(FLAGS).reduce(
    // As the object of a change alone: `latency` is an ordinary word elsewhere.
    (sentence, [name, flag]) =>
      sentence.replaceAll(new RegExp(`(?<=oosen |and )${name}(?= to| and)`, 'g'), flag),
    named,
  );
}

/** The rejection of the candidate that came furthest. */
function mostTelling(rejected: readonly Rejection[]): Rejection | undefined {
  return (
    FURTHEST.flatMap((reason) => rejected.find((item) => item.reason === reason) ?? [])[0] ?? rejected[0]
  );
}

const FURTHEST: readonly RejectionReason[] = [
  'limit-exceeded',
  'slo-not-met',
  'unstable',
  'prefill-exceeds-ttft',
  'step-exceeds-tpot',
  'not-executable',
  'kv-too-small',
  'out-of-memory',
  'does-not-divide-node',
];

/** `8 × h100-sxm + 8 × l40s`. */
export function clusterPhrase({ facts }: Pick<ResolvedSearch, 'facts'>): string {
  return facts.pools.map((pool) => `${pool.accelerators} × ${pool.accelerator.name}`).join(' + ');
}
