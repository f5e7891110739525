import { clusterDiagnostic, compareCluster, connectCluster, dumpClient } from '../../apply/index.ts';
import type { ClusterChoice, ClusterClient, ClusterDrift, PlainObject } from '../../apply/index.ts';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { DRIFT_FORMAT_VERSION } from '../../report/index.ts';
import type { DriftReport, ObjectsReport } from '../../report/index.ts';
import { readDumpObjects } from '../import-live/dump-objects.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import { readPlan } from '../plan-folder.ts';
import type { StoredPlan } from '../plan-folder.ts';
import { planHash } from './applicable-plan.ts';
import { measurePlan } from './measured.ts';
import type { MeasurementChoice, PlanInCluster } from './measured.ts';

/** What a plan is held against. */
export interface DriftOptions extends MeasurementChoice {
  /** Compare live objects: in a cluster, or in a dump of one. Left out: measurements alone. */
  readonly live?: { readonly cluster: ClusterChoice } | { readonly dump: string; readonly stdin?: string };
}

/**
 * Holds the live objects and the measurements of a plan against it. Writes nothing. Drift is a value: `hasDrifted`.
 * Errors: those of reading the plan, of reaching the cluster and of `measurePlan`; `apply-drift-nothing`.
 */
export async function driftOfPlan(
  target: string,
  options: DriftOptions,
  host: EngineHost,
): Promise<Outcome<DriftReport>> {
  const isMeasured = options.prometheus !== undefined || options.opencost !== undefined;
  if (options.live === undefined && !isMeasured) return failure(nothingToCompare());
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const { plan, shown } = stored.value;
  if (stored.value.manifests.size < plan.objects.length) {
    return failure(...stored.diagnostics, manifestsMissing(stored.value));
  }
  const manifests: readonly PlainObject[] = [...stored.value.manifests.values()];
  const subject = { plan, manifests };
  const objects = options.live === undefined ? undefined : await objectsOf(subject, options.live, host);
  if (objects?.ok === false) return failure(...stored.diagnostics, ...objects.diagnostics);
  const measured = isMeasured ? await measurePlan(subject, options, host) : undefined;
  if (measured?.ok === false) return failure(...stored.diagnostics, ...measured.diagnostics);
  return success(
    driftReport({ stack: plan.stack, plan: shown, tolerance: options.tolerance.relative }, [
      objects?.value,
      measured?.value,
    ]),
    [...stored.diagnostics, ...(objects?.diagnostics ?? []), ...(measured?.diagnostics ?? [])],
  );
}

function driftReport(
  head: Pick<DriftReport, 'stack' | 'plan' | 'tolerance'>,
  [objects, measurements]: readonly [DriftReport['objects'], DriftReport['measurements']],
): DriftReport {
  return {
    formatVersion: DRIFT_FORMAT_VERSION,
    ...head,
    ...(objects === undefined ? {} : { objects }),
    ...(measurements === undefined ? {} : { measurements }),
    hasDrifted:
      (objects?.findings.length ?? 0) +
        (measurements?.moved.length ?? 0) +
        (measurements?.missed.length ?? 0) >
      0,
  };
}

/** Live objects against the manifests. */
async function objectsOf(
  subject: PlanInCluster,
  live: NonNullable<DriftOptions['live']>,
  host: EngineHost,
): Promise<Outcome<ObjectsReport>> {
  progress(host, 'drift', 'comparing live objects');
  const client = await clientOf(live, host);
  if (!client.ok) return client;
  try {
    const { plan, manifests } = subject;
    const found = await compareCluster(client.value, { stack: plan.stack, manifests });
    return success(objectsReport(found, client.value, planHash(plan)), client.diagnostics);
  } catch (error) {
    return failure(clusterDiagnostic(error, { cluster: client.value.description }));
  }
}

async function clientOf(
  live: NonNullable<DriftOptions['live']>,
  host: EngineHost,
): Promise<Outcome<ClusterClient>> {
  if ('cluster' in live) return connectCluster(live.cluster);
  const dump = await readDumpObjects(live.dump, live.stdin, host);
  if (!dump.ok) return dump;
  return success(dumpClient(dump.value.objects, dump.value.shown), dump.diagnostics);
}

function objectsReport(
  { objects, lastRun }: ClusterDrift,
  { description }: ClusterClient,
  hash: string,
): ObjectsReport {
  return {
    cluster: description,
    compared: objects.filter(({ state }) => state !== 'extra').length,
    same: objects.filter(({ state }) => state === 'same').length,
    findings: objects.filter(({ state }) => state !== 'same'),
    ...(lastRun === undefined
      ? {}
      : {
          lastApplied: {
            isThisPlan: lastRun.planHash === hash,
            isComplete: lastRun.state === 'complete',
          },
        }),
  };
}

/** Without its manifest an object of the plan would pass for one that is no longer planned. */
function manifestsMissing({ plan, manifests, shown }: StoredPlan): Diagnostic {
  const count = plan.objects.length - manifests.size;
  return diagnostic('apply-plan-edited', {
    summary: `${String(count)} of ${String(plan.objects.length)} manifests of ${shown} are missing; there is nothing to hold their objects against.`,
    source: { file: shown },
    fix: 'Restore them with `plimsoll synth`.',
  });
}

function nothingToCompare() {
  return diagnostic('apply-drift-nothing', {
    summary: 'There is nothing to hold the plan against: neither live objects nor measurements.',
    fix: 'Leave out --no-live, or name --prometheus or --opencost.',
  });
}
