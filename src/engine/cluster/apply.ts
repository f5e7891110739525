import { randomUUID } from 'node:crypto';
import {
  PROCESS_CLOCK,
  clusterDiagnostic,
  connectCluster,
  prepareRollout,
  rollOut,
  rolloutSteps,
  stepName,
} from '../../apply/index.ts';
import type {
  ClusterChoice,
  ClusterClient,
  ClusterObject,
  PlannedChange,
  Preparation,
  RolloutRequest,
  RolloutResult,
} from '../../apply/index.ts';
import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { APPLY_FORMAT_VERSION } from '../../report/index.ts';
import type { AppliedObject, ApplyReport } from '../../report/index.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import { toolVersion } from '../package-root.ts';
import { readApplicablePlan } from './applicable-plan.ts';
import { limitedPools } from './rooms.ts';

/** How a plan is applied. */
export interface ApplyOptions extends ClusterChoice {
  /** Target profile; default the one the plan was made with. */
  readonly profile?: string;
  /** `client` asks no cluster, `server` lets it check everything; neither writes. */
  readonly dryRun?: 'client' | 'server';
  /** Takes fields that others own, and writes over what others changed. */
  readonly forceConflicts: boolean;
  /** Longest wait for one step, seconds. */
  readonly timeoutSeconds: number;
  /** Asks somebody whether to go on, showing what will change; left out where that was agreed before. */
  readonly confirm?: (report: ApplyReport) => Promise<boolean>;
  /** Aborted when the user wants to stop: the request under way ends, nothing more starts. */
  readonly signal: AbortSignal;
}

/**
 * Applies a plan to a cluster: refuses one that is stale or not applicable, looks at the cluster, has the difference confirmed, writes by waves and
 * deletes what the plan no longer has. A rollout that stopped half-way is a value, with errors among the diagnostics. Errors: those of
 * `readApplicablePlan` and of reaching the cluster.
 */
export async function applyPlan(
  target: string,
  options: ApplyOptions,
  host: EngineHost,
): Promise<Outcome<ApplyReport>> {
  progress(host, 'apply', 'checking the plan');
  const read = await readApplicablePlan(target, options.profile, host);
  if (!read.ok) return read;
  const { plan, manifests, hash, profile } = read.value;
  if (options.dryRun === 'client') return success(clientPreview(plan.stack, manifests), read.diagnostics);
  progress(host, 'apply', 'asking the cluster');
  const client = await connectCluster(options);
  if (!client.ok) return client;
  const request = {
    stack: plan.stack,
    planHash: hash,
    profile,
    manifests,
    force: options.forceConflicts,
    rooms: limitedPools(plan),
  };
  const applied = await applyTo(client.value, request, { options, host });
  return applied.ok
    ? success(applied.value, [...read.diagnostics, ...applied.diagnostics])
    : failure(...read.diagnostics, ...applied.diagnostics);
}

/** Applies objects through a client; see `applyPlan`. */
export async function applyTo(
  client: ClusterClient,
  request: RolloutRequest,
  { options, host }: { readonly options: ApplyOptions; readonly host: EngineHost },
): Promise<Outcome<ApplyReport>> {
  const prepared = await preparation(client, request);
  if (!prepared.ok) return prepared;
  const { diagnostics } = prepared.value;
  const report = (outcome: ApplyReport['outcome'], result?: RolloutResult): ApplyReport =>
    reportOf({ client, request, prepared: prepared.value, mode: options.dryRun ?? 'apply', outcome, result });
  if (hasErrors(diagnostics)) return success(report('refused'), diagnostics);
  if (options.dryRun === 'server') return success(report('previewed'), diagnostics);
  if (isApplied(prepared.value, request)) return success(report('unchanged'), diagnostics);
  const refusal = await confirmed(client, { request, prepared: prepared.value, report, options });
  if (refusal !== undefined) return success(report('declined'), [...diagnostics, refusal]);
  const result = await rollOut(prepared.value, request, {
    client,
    clock: PROCESS_CLOCK,
    signal: options.signal,
    timeoutSeconds: options.timeoutSeconds,
    run: randomUUID(),
    version: toolVersion(),
    onProgress: (step, detail, [done, total]) => progress(host, step, detail, [done, total]),
  });
  return success(report(result.outcome, result), [...diagnostics, ...result.diagnostics, ...stopped(result)]);
}

async function preparation(client: ClusterClient, request: RolloutRequest): Promise<Outcome<Preparation>> {
  try {
    return success(await prepareRollout(client, request));
  } catch (error) {
    return failure(clusterDiagnostic(error, { cluster: client.description }));
  }
}

/** Whether this very plan was applied to its end and nothing differs. */
function isApplied({ record, changes }: Preparation, { planHash }: RolloutRequest): boolean {
  return (
    record?.state === 'complete' &&
    record.planHash === planHash &&
    changes.every((change) => ['unchanged', 'keep'].includes(change.action))
  );
}

interface Question {
  readonly request: RolloutRequest;
  readonly prepared: Preparation;
  readonly report: (outcome: ApplyReport['outcome']) => ApplyReport;
  readonly options: ApplyOptions;
}

/** Why not to go on: nobody agreed, or the cluster changed while somebody thought about it. */
async function confirmed(client: ClusterClient, question: Question): Promise<Diagnostic | undefined> {
  const { request, prepared, report, options } = question;
  if (options.confirm === undefined) return undefined;
  if (!(await options.confirm(report('previewed')))) {
    return options.signal.aborted
      ? diagnostic('engine-interrupted', { summary: 'Interrupted before anything was written.' })
      : diagnostic('apply-unconfirmed', { summary: 'The changes were not confirmed; nothing was written.' });
  }
  const again = await preparation(client, request);
  if (!again.ok) return again.diagnostics[0];
  const isSame = JSON.stringify(again.value.changes) === JSON.stringify(prepared.changes);
  return isSame
    ? undefined
    : diagnostic('apply-live-changed', {
        summary: 'The cluster changed between showing the difference and applying it; nothing was written.',
        fix: 'Apply again and look at the new difference.',
      });
}

/** One more sentence after the problems of a rollout that did not end: what to do. */
function stopped({ outcome, fates, steps }: RolloutResult): readonly Diagnostic[] {
  if (outcome !== 'stopped') return [];
  const done = [...fates.values()].filter((fate) => fate === 'done').length;
  const at = steps.find((step) => step.state === 'stopped')?.name ?? 'the start';
  return [
    diagnostic('apply-stopped', {
      summary: `Applying stopped at ${at}: ${done} of ${fates.size} objects are done.`,
      fix: 'Mend what the other messages name, then apply again; it goes on from there.',
    }),
  ];
}

interface ReportFacts {
  readonly client: ClusterClient;
  readonly request: RolloutRequest;
  readonly prepared: Preparation;
  readonly mode: ApplyReport['mode'];
  readonly outcome: ApplyReport['outcome'];
  readonly result: RolloutResult | undefined;
}

function reportOf({ client, request, prepared, mode, outcome, result }: ReportFacts): ApplyReport {
  return {
    formatVersion: APPLY_FORMAT_VERSION,
    stack: request.stack,
    cluster: client.description,
    mode,
    outcome,
    steps:
      result?.steps ??
      prepared.steps.map((step) => ({ name: stepName(step), state: 'not-started' as const })),
    objects: prepared.changes.map((change) => appliedObject(change, result)),
  };
}

function appliedObject({ key, ...change }: PlannedChange, result: RolloutResult | undefined): AppliedObject {
  const fate = result?.fates.get(key);
  return { ...change, ...(fate === undefined ? {} : { fate }) };
}

/** The objects in the order in which they would be written to a cluster that has none of them. */
function clientPreview(stack: string, manifests: readonly ClusterObject[]): ApplyReport {
  const steps = rolloutSteps({ intended: manifests, live: new Map(), prunable: [] });
  return {
    formatVersion: APPLY_FORMAT_VERSION,
    stack,
    cluster: '',
    mode: 'client',
    outcome: 'previewed',
    steps: steps.map((step) => ({ name: stepName(step), state: 'not-started' })),
    objects: steps.flatMap((step) =>
      step.writes.map((object): AppliedObject => {
        const { apiVersion, kind, metadata } = object;
        const { name, namespace } = metadata;
        return {
          apiVersion,
          kind,
          name,
          ...(namespace === undefined ? {} : { namespace }),
          step: stepName(step),
          action: 'write',
          changes: [],
        };
      }),
    ),
  };
}
