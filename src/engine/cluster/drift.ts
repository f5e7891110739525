import {
  SYSTEM_NAMESPACE,
  applySetOf,
  clusterDiagnostic,
  compareCluster,
  connectCluster,
  dumpClient,
  readParent,
} from '../../apply/index.ts';
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
import { manifestsOf, ownProfile, planHash } from './applicable-plan.ts';
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
  const client = options.live === undefined ? undefined : await clientOf(options.live, host);
  if (client?.ok === false) return failure(...stored.diagnostics, ...client.diagnostics);
  if (stored.value.manifests.size < plan.objects.length) {
    return failure(...stored.diagnostics, manifestsMissing(stored.value));
  }
  const manifests = await comparedManifests(stored.value, client?.value, host);
  if (!manifests.ok) return failure(...stored.diagnostics, ...manifests.diagnostics);
  const subject = { plan, manifests: manifests.value };
  const objects = client === undefined ? undefined : await objectsOf(subject, client.value, host);
  if (objects?.ok === false) return failure(...stored.diagnostics, ...objects.diagnostics);
  const measured = isMeasured ? await measurePlan(subject, options, host) : undefined;
  if (measured?.ok === false) return failure(...stored.diagnostics, ...measured.diagnostics);
  return success(
    driftReport({ stack: plan.stack, plan: shown, tolerance: options.tolerance.relative }, [
      objects?.value,
      measured?.value,
    ]),
    [
      ...stored.diagnostics,
      ...(client?.diagnostics ?? []),
      ...manifests.diagnostics,
      ...(objects?.diagnostics ?? []),
      ...(measured?.diagnostics ?? []),
    ],
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

/** The objects that the plan has in the cluster: those of the target profile that was applied last, else of its own. */
async function comparedManifests(
  stored: StoredPlan,
  client: ClusterClient | undefined,
  host: EngineHost,
): Promise<Outcome<readonly PlainObject[]>> {
  const own = ownProfile(stored.plan);
  if (client === undefined) return manifestsOf(stored, own, host);
  try {
    const applied = await appliedProfile(client, stored.plan.stack);
    const manifests = await manifestsOf(stored, applied ?? own, host);
    if (!manifests.ok || applied === undefined || applied === own) return manifests;
    return success(manifests.value, [...manifests.diagnostics, otherProfile(stored.plan.stack, applied)]);
  } catch (error) {
    return failure(clusterDiagnostic(error, { cluster: client.description }));
  }
}

/** The target profile that `apply` noted of a stack; undefined where it noted none. Rejects with `ClusterError`. */
async function appliedProfile(client: ClusterClient, stack: string): Promise<string | undefined> {
  const { name } = applySetOf(stack);
  const parent = await client.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: SYSTEM_NAMESPACE, name });
  return parent === undefined ? undefined : readParent(parent).profile;
}

function otherProfile(stack: string, profile: string): Diagnostic {
  return diagnostic('apply-drift-profile', {
    summary: `${stack} was last applied for the target profile ${profile}; its objects are compared as those of that profile.`,
  });
}

/** Live objects against the manifests. */
async function objectsOf(
  { plan, manifests }: PlanInCluster,
  client: ClusterClient,
  host: EngineHost,
): Promise<Outcome<ObjectsReport>> {
  progress(host, 'drift', 'comparing live objects');
  try {
    const found = await compareCluster(client, { stack: plan.stack, manifests });
    return success(objectsReport(found, client, planHash(plan)));
  } catch (error) {
    return failure(clusterDiagnostic(error, { cluster: client.description }));
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
