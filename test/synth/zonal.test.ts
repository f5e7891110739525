import { describe, expect, it } from 'vitest';
import { TARGET_PROFILES, hourlyReplicas, synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { weekOf } from './cron-week.ts';
import { PLAN_SOURCE } from './plan-source.ts';
import { SHOP_SOURCE } from './services-source.ts';
import { objectProblems } from './validate-object.ts';

/** A manifest of a pod set or autoscaler; fields that a kind lacks are absent. */
interface Manifest {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas?: number;
    readonly minReplicaCount: number;
    readonly maxUnavailable: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly triggers: readonly {
      readonly type: string;
      readonly metadata: { readonly start: string; readonly end: string; readonly desiredReplicas: string };
    }[];
  };
}

const zonal = (source: SynthesisSource): SynthesisSource => ({
  ...source,
  problem: { ...source.problem, placement: 'zonal' },
});

function filesOf(source: SynthesisSource, profile = 'vanilla'): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

const manifests = (files: readonly SynthesizedFile[], ...kinds: readonly string[]): readonly Manifest[] =>
  files.filter((file) => kinds.includes(file.kind)).map((file) => file.manifest as unknown as Manifest);

/** Replicas in each hour of the week, by allocation, summed over its pod sets: stated, or by the clock of the autoscaler. */
function replicasByAllocation(files: readonly SynthesizedFile[]): ReadonlyMap<string, readonly number[]> {
  const scalers = new Map(manifests(files, 'ScaledObject').map((item) => [item.metadata.name, item]));
  const sums = new Map<string, readonly number[]>();
  for (const { metadata, spec } of manifests(files, 'Deployment', 'LeaderWorkerSet')) {
    const allocation = metadata.labels['plimsoll.dev/allocation'];
    if (allocation === undefined) continue;
    const scaler = scalers.get(metadata.name)?.spec;
    const spans = (scaler?.triggers ?? []).filter(({ type }) => type === 'cron');
    const own = weekOf(
      spans.map(({ metadata: { start, end, desiredReplicas } }) => ({
        start,
        end,
        replicas: Number(desiredReplicas),
      })),
      scaler?.minReplicaCount ?? spec.replicas ?? 0,
    );
    const before = sums.get(allocation);
    sums.set(allocation, before === undefined ? own : own.map((count, hour) => count + (before[hour] ?? 0)));
  }
  return sums;
}

describe.each([
  ['language models', PLAN_SOURCE],
  ['microservices', SHOP_SOURCE],
])('pod sets by zone, of %s', (_, source) => {
  const files = filesOf(zonal(source));
  const sets = manifests(files, 'Deployment', 'LeaderWorkerSet');

  it('have names and selectors of their own, and valid objects', () => {
    expect(files.flatMap((file) => objectProblems(file.manifest))).toEqual([]);
    const selectors = sets.map(({ spec }) => JSON.stringify(spec.selector?.matchLabels ?? {}));
    const parts = sets.filter(({ metadata }) => metadata.labels['plimsoll.dev/zone'] !== undefined);
    expect(parts.length).toBeGreaterThan(1);
    expect(new Set(sets.map(({ metadata }) => metadata.name)).size).toBe(sets.length);
    expect(new Set(selectors.filter((text) => text !== '{}')).size).toBe(
      sets.filter(({ spec }) => spec.selector !== undefined).length,
    );
  });

  it('hold together in every hour what the allocation holds', () => {
    const { decision } = source;
    const planned = [...decision.allocations, ...(decision.serviceAllocations ?? [])];
    for (const [allocation, hourly] of replicasByAllocation(files)) {
      const whole = planned.find(({ id }) => id === allocation);
      expect({ allocation, hourly }).toEqual({
        allocation,
        hourly: whole === undefined ? undefined : hourlyReplicas(whole, decision.windows),
      });
    }
  });

  it('look for the fullest node, away from their own kind', () => {
    const affinities = files
      .filter(
        ({ manifest }) => 'plimsoll.dev/allocation' in (manifest['metadata'] as Manifest['metadata']).labels,
      )
      .flatMap(
        ({ manifest }) =>
          JSON.stringify(manifest).match(/"preferredDuringScheduling[A-Za-z]+":\[[^\]]*\]/g) ?? [],
      );
    expect(affinities.some((text) => text.includes('"weight":1,') || text.includes('"weight":1}'))).toBe(
      true,
    );
    expect(JSON.stringify(filesOf(source).map(({ manifest }) => manifest))).not.toContain(
      'preferredDuringScheduling',
    );
  });

  it('are not made where the stack does not ask for them', () => {
    const flexible = manifests(filesOf(source), 'Deployment', 'LeaderWorkerSet');
    expect(flexible.filter(({ metadata }) => 'plimsoll.dev/zone' in metadata.labels)).toEqual([]);
  });
});

it('the budgets of an allocation allow together no more than that of the whole, or one for each zone', () => {
  const budgets = (source: SynthesisSource): Map<string, Manifest[]> =>
    Map.groupBy(
      manifests(filesOf(source), 'PodDisruptionBudget'),
      ({ metadata }) => metadata.labels['plimsoll.dev/allocation'] ?? '',
    );
  const wholes = budgets(PLAN_SOURCE);
  for (const [allocation, parts] of budgets(zonal(PLAN_SOURCE))) {
    const allowed = parts.reduce((sum, { spec }) => sum + spec.maxUnavailable, 0);
    const limit = wholes.get(allocation)?.[0]?.spec.maxUnavailable ?? 0;
    expect(allowed).toBeLessThanOrEqual(Math.max(limit, parts.length));
  }
});

it.each(TARGET_PROFILES.map(({ name }) => name))(
  'profile %s can write by zones what it can write at all',
  (profile) => {
    const [whole, byZone] = [PLAN_SOURCE, zonal(PLAN_SOURCE)].map((source) =>
      synthesize(source, { profile }),
    );
    expect(byZone?.ok).toBe(whole?.ok);
    if (byZone?.ok && whole?.ok) expect(byZone.value.length).toBeGreaterThan(whole.value.length);
  },
);
