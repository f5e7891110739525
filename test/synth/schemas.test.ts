import { describe, expect, it } from 'vitest';
import { TARGET_PROFILES, synthesize } from '../../src/synth/index.ts';
import type { JsonObject, SynthesizedFile } from '../../src/synth/index.ts';
import { PLAN_SOURCE } from './plan-source.ts';
import { PLANS, accepted, exceptionsOf } from './profile-exceptions.ts';
import { objectProblems, podTemplateProblems } from './validate-object.ts';

const outcome = synthesize(PLAN_SOURCE, { profile: 'vanilla' });
const files: readonly SynthesizedFile[] = outcome.ok ? outcome.value : [];

const CASES = TARGET_PROFILES.flatMap(({ name }) => Object.keys(PLANS).map((plan) => [name, plan] as const));

describe.each(CASES)('every object of profile %s for the plan %s', (profile, plan) => {
  const written = synthesize(accepted(PLANS[plan] ?? PLAN_SOURCE, exceptionsOf(profile)), { profile });
  const objects = written.ok ? written.value : [];

  it('is in a file of the profile, once', () => {
    expect(objects.length).toBeGreaterThan(0);
    for (const file of objects) expect(file.path.startsWith(`${profile}/`)).toBe(true);
    expect(new Set(objects.map((file) => file.path)).size).toBe(objects.length);
  });

  it.each(objects.map((file) => [file.path, file.manifest] as const))(
    '%s validates offline',
    (_, manifest) => {
      expect(objectProblems(manifest)).toEqual([]);
    },
  );
});

describe('objects of the vanilla profile', () => {
  it('are written for the hand-made plan', () => {
    expect(outcome.ok).toBe(true);
    expect(new Set(files.map((file) => file.kind))).toEqual(
      new Set([
        'ConfigMap',
        'Deployment',
        'LeaderWorkerSet',
        'Namespace',
        'NetworkPolicy',
        'NodeOverlay',
        'NodePool',
        'PodDisruptionBudget',
        'PriorityClass',
        'ScaledObject',
        'Service',
        'ServiceAccount',
      ]),
    );
  });

  it('have valid pod templates inside LeaderWorkerSets', () => {
    const groups = files.filter((file) => file.kind === 'LeaderWorkerSet');
    expect(groups).toHaveLength(1);
    for (const group of groups) {
      const spec = group.manifest['spec'] as JsonObject;
      const templates = spec['leaderWorkerTemplate'] as JsonObject;
      expect(podTemplateProblems(templates['leaderTemplate'])).toEqual([]);
      expect(podTemplateProblems(templates['workerTemplate'])).toEqual([]);
    }
  });
});

describe('the schemas', () => {
  const kinds = ['LeaderWorkerSet', 'ScaledObject', 'NodePool', 'NodeOverlay', 'Deployment'];

  it.each(kinds)('find a misspelt field of a %s', (kind) => {
    const file = files.find((item) => item.kind === kind);
    const text = JSON.stringify(file?.manifest);
    const fields: Readonly<Record<string, string>> = {
      LeaderWorkerSet: '"startupPolicy"',
      ScaledObject: '"maxReplicaCount"',
      NodePool: '"consolidateAfter"',
      NodeOverlay: '"requirements"',
      Deployment: '"nodeSelector"',
    };
    const field = fields[kind] ?? '';
    expect(text).toContain(field);
    const misspelt = JSON.parse(text.replace(field, field.replace(/"$/, 'x"'))) as JsonObject;
    expect(objectProblems(misspelt)).not.toEqual([]);
  });

  it('refuse a NodePool label of a Kubernetes domain, as Karpenter does', () => {
    const file = files.find((item) => item.kind === 'NodePool');
    const changed = JSON.parse(
      JSON.stringify(file?.manifest).replace('"plimsoll.dev/pool"', '"kubernetes.io/pool"'),
    ) as JsonObject;
    expect(objectProblems(changed)).not.toEqual([]);
  });

  it('refuse kinds they do not know', () => {
    expect(objectProblems({ apiVersion: 'v1', kind: 'Secret' })).toEqual(['v1/Secret has no schema']);
  });
});
