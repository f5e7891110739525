import type {
  ChangeReason,
  PlanDiff,
  ReplicaGroup,
  SloChange,
  WorkloadChange,
  WorkloadSummary,
} from '../plan/index.ts';
import { formatPercent } from '../units/index.ts';
import { limitTitle } from './aims-phrases.ts';
import { perMonth, plural, signedUsd } from './phrases.ts';

/** Causes told of one workload before the rest is counted. */
const SHOWN_REASONS = 3;

/** One sentence: cost delta, SLO risk, objects created, changed, deleted, and whether a policy forbids it. */
export function diffSentence(diff: PlanDiff): string {
  if (diff.isEmpty) return 'No differences.';
  return `${costPhrase(diff)}, ${riskPhrase(promises(diff))}, ${objectsPhrase(diff)}${forbiddenPhrase(diff)}.`;
}

function costPhrase({ cost: { before, after, delta } }: PlanDiff): string {
  if (delta === 0) return `cost unchanged at ${perMonth(after)}`;
  const share = before === 0 ? 'from nothing' : `${delta > 0 ? '+' : ''}${formatPercent(delta / before, 2)}`;
  return `${signedUsd(delta)} USD/month (${share})`;
}

/** Limits of SLOs and those beside them, by names that people say. */
function promises({ slo, limits }: PlanDiff): readonly SloChange[] {
  return [
    ...slo.map((change) => ({ ...change, limit: change.limit.replace('.', ' ') })),
    ...limits.map((change) => ({ ...change, limit: limitTitle(change.limit) })),
  ];
}

/** How the promise that is worst off fares; its workload and limit are named. */
function riskPhrase(changes: readonly SloChange[]): string {
  if (changes.length === 0) return 'no latency limit';
  const worst = (risk: SloChange['risk']): readonly SloChange[] =>
    changes
      .filter((change) => change.risk === risk)
      .toSorted((a, b) => (a.after?.headroom ?? 0) - (b.after?.headroom ?? 0));
  const broken = worst('broken');
  if (broken.length > 0) return `SLO broken: ${brokenPhrase(broken)}`;
  const higher = worst('higher');
  if (higher.length > 0) return `SLO risk higher: ${headroomPhrase(higher)}`;
  const lower = worst('lower');
  if (lower.length > 0) return `SLO risk lower: ${headroomPhrase(lower)}`;
  const fresh = worst('same').filter((change) => change.before === undefined);
  return fresh.length > 0 && fresh.length === changes.length
    ? `SLO met: ${headroomPhrase(fresh)}`
    : 'SLO risk unchanged';
}

function brokenPhrase([first, ...others]: readonly SloChange[]): string {
  const over = formatPercent(-(first?.after?.headroom ?? 0), 2);
  return `${limitPlace(first)} misses its limit by ${over}${more(others.length)}`;
}

function headroomPhrase([first, ...others]: readonly SloChange[]): string {
  const was = first?.before === undefined ? '' : `, had ${formatPercent(first.before.headroom, 2)}`;
  return `${limitPlace(first)} has ${formatPercent(first?.after?.headroom ?? 0, 2)} headroom${was}${more(others.length)}`;
}

function limitPlace(change: SloChange | undefined): string {
  return `${change?.workload ?? ''} ${change?.limit ?? ''}`;
}

function more(count: number): string {
  return count === 0 ? '' : ` (and ${plural(count, 'more limit')})`;
}

function objectsPhrase({ objects }: PlanDiff): string {
  const [created, changed, deleted] = (['create', 'update', 'delete'] as const).map(
    (action) => objects.filter((object) => object.action === action).length,
  );
  return objects.length === 0
    ? 'no objects change'
    : `${created} to create, ${changed} to change, ${deleted} to delete`;
}

function forbiddenPhrase(diff: PlanDiff): string {
  if (diff.applicable.after) return '';
  const fresh = diff.policy.appeared.filter((verdict) => verdict.level === 'mandatory').length;
  return fresh === 0
    ? '; a mandatory policy forbids to apply it, as before'
    : `; ${plural(fresh, 'mandatory violation')}: may not be applied`;
}

/** What a workload runs and costs in a few words: `49,822.21 USD/month: 2–5 × vllm-fp8-tp4 on h100 (3 on-demand + 2 spot)`. */
export function workloadPhrase(summary: WorkloadSummary | undefined): string {
  if (summary === undefined) return '–';
  const groups = summary.replicas.map(groupPhrase).join('; ');
  return `${perMonth(summary.costPerMonth)}${groups === '' ? '' : `: ${groups}`}`;
}

function groupPhrase({ what, pools, minReplicas, maxReplicas, capacity }: ReplicaGroup): string {
  const count = minReplicas === maxReplicas ? String(maxReplicas) : `${minReplicas}–${maxReplicas}`;
  const types = Object.entries(capacity);
  const [only] = types;
  const kinds =
    types.length === 1
      ? ` ${only?.[0] ?? ''}`
      : types.length === 0
        ? ''
        : ` (${types.map(([type, replicas]) => `${replicas} ${type}`).join(' + ')})`;
  return `${count} × ${what} on ${pools.join(', ')}${kinds}`;
}

/** Why a workload differs: `traffic.meanRate 12/s → 20/s`; the reader of an unexplained one is told so. */
export function reasonsPhrase({ reasons }: Pick<WorkloadChange, 'reasons'>): string {
  if (reasons.length === 0) return 'nothing that the plans record';
  const told = reasons.slice(0, SHOWN_REASONS).map(reasonPhrase).join('; ');
  const left = reasons.length - SHOWN_REASONS;
  return left > 0 ? `${told}; and ${plural(left, 'more change')}` : told;
}

function reasonPhrase({ about, before, after }: ChangeReason): string {
  return before === undefined || after === undefined ? about : `${about} ${before} → ${after}`;
}
