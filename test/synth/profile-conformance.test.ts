import { describe, expect, it } from 'vitest';
import { TARGET_PROFILES, synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { mayConnect } from './allowed-traffic.ts';
import { ALLOCATIONS, PLAN_SOURCE, planWith } from './plan-source.ts';
import { plannedPods } from './planned-pods.ts';
import type { PlannedPods } from './planned-pods.ts';
import { PLANS, accepted, exceptionsOf } from './profile-exceptions.ts';
import { SHOP_SOURCE } from './services-source.ts';

/*
 * What every target profile keeps of a plan, held against `vanilla`: all pods, their resources, their places, the flags of their
 * engines, their replicas. Exceptions are listed with their reason.
 */

function filesOf(source: SynthesisSource, profile: string): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

const CASES = TARGET_PROFILES.flatMap(({ name }) => Object.keys(PLANS).map((plan) => [name, plan] as const));

describe.each(CASES)('profile %s for the plan %s', (profile, plan) => {
  const exceptions = exceptionsOf(profile);
  const source = accepted(PLANS[plan] ?? PLAN_SOURCE, exceptions);
  const files = filesOf(source, profile);
  const vanilla = filesOf(source, 'vanilla');
  const pods = plannedPods(files);
  const expected = plannedPods(vanilla);
  const pairs = pods.map((item, index) => [item, expected[index] ?? item] as const);
  const ofKind = (kind: string, among = files): readonly SynthesizedFile[] =>
    among.filter((file) => file.kind === kind);

  it('has every pod that the plan counts, and no other', () => {
    expect(pods.length).toBeGreaterThan(0);
    expect(pods.map(({ allocation }) => allocation)).toEqual(expected.map(({ allocation }) => allocation));
    expect(pods.map(({ size }) => size)).toEqual(expected.map(({ size }) => size));
  });

  it('gives them the same resources, and nothing to what stands beside the engine', () => {
    for (const [item, same] of pairs) {
      expect(item.server.containers[0].resources).toEqual(same.server.containers[0].resources);
      for (const sidecar of item.server.initContainers ?? []) {
        expect(sidecar.resources.requests).toEqual({ cpu: '0', memory: '0' });
      }
    }
  });

  it('puts them in the same places', () => {
    for (const [item, same] of pairs) {
      for (const [own, other] of [
        [item.server, same.server],
        [item.worker ?? item.server, item.worker === undefined ? same.server : (same.worker ?? same.server)],
      ] as const) {
        expect(own.nodeSelector).toEqual(other.nodeSelector);
        expect(own.tolerations).toEqual(other.tolerations);
        expect(own.affinity).toEqual(other.affinity);
        expect(own.priorityClassName).toBe(other.priorityClassName);
        expect(own.terminationGracePeriodSeconds).toBe(other.terminationGracePeriodSeconds);
        expect(own.topologySpreadConstraints?.map(withoutSelector)).toEqual(
          other.topologySpreadConstraints?.map(withoutSelector),
        );
      }
    }
  });

  it('keeps zones even over the pods that answer', () => {
    for (const { server, labels } of pods) {
      for (const { labelSelector } of server.topologySpreadConstraints ?? []) {
        expect(labels).toMatchObject(labelSelector.matchLabels);
      }
    }
  });

  it('starts engines with the same flags, but for stated exceptions', () => {
    const kept = (spec: PlannedPods['server'] | undefined): readonly string[] =>
      (spec?.containers[0].args ?? []).filter((arg) => !exceptions.flags.some(([flag]) => flag.test(arg)));
    for (const [item, same] of pairs) {
      expect(kept(item.server)).toEqual(kept(same.server).filter((arg) => arg !== '--headless'));
      if (item.worker !== undefined) expect(kept(item.worker)).toEqual(kept(same.worker));
    }
  });

  it('has the same replicas: a number, or an autoscaler with the same range and windows', () => {
    const scaled = ofKind('ScaledObject');
    for (const [item, same] of pairs) {
      expect(item.replicas).toBe(same.replicas);
      const own = scaled.find((file) => file.name === item.allocation);
      const other = ofKind('ScaledObject', vanilla).find((file) => file.name === item.allocation);
      expect(own === undefined).toBe(item.replicas !== undefined);
      expect(scaling(own)).toEqual(scaling(other));
    }
    expect(scaled.length).toBe(ofKind('ScaledObject', vanilla).length);
  });

  it('has disruption budgets that select the pods of each set', () => {
    for (const { allocation, labels, namespace } of pods) {
      const budget = ofKind('PodDisruptionBudget').find((file) => file.name === allocation);
      expect(budget?.namespace).toBe(namespace);
      const { selector } = budget?.manifest['spec'] as { selector: { matchLabels: object } };
      expect(labels).toMatchObject(selector.matchLabels);
    }
  });

  it('lets nobody gain privileges, and gives no token where the profile needs none', () => {
    for (const { server, worker } of pods) {
      for (const spec of [server, worker ?? server]) {
        expect(spec.containers[0].securityContext.allowPrivilegeEscalation).toBe(false);
        expect(spec.automountServiceAccountToken).toBe(exceptions.hasToken ? undefined : false);
      }
    }
  });

  it('closes the pods to strangers and opens them to Prometheus', () => {
    for (const { labels, namespace } of pods) {
      const pod = { namespace, labels };
      const stranger = { namespace, labels: { app: 'stranger' } };
      const prometheus = { namespace: 'monitoring', labels: {} };
      const role = labels['plimsoll.dev/role'] === 'decode' ? exceptions.decodeMetrics : undefined;
      const metrics = role ?? (exceptions.decodeMetrics === 9090 ? 9090 : 8000);
      expect(mayConnect(files, stranger, pod, 22)).toBe(false);
      expect(mayConnect(files, prometheus, pod, metrics)).toBe(true);
      expect(mayConnect(files, prometheus, pod, 22)).toBe(false);
    }
  });

  it('lets prefill and decode pods of one workload reach each other at any port', () => {
    const split = pods.filter(({ labels }) => labels['plimsoll.dev/role'] !== undefined);
    for (const from of split) {
      for (const to of split) {
        const isSame = from.labels['plimsoll.dev/workload'] === to.labels['plimsoll.dev/workload'];
        expect(mayConnect(files, from, to, 45_678)).toBe(isSame);
      }
    }
  });

  it('writes microservices as vanilla does', () => {
    const services = new Set((source.problem.services ?? []).map(({ id }) => id));
    const isService = (file: SynthesizedFile): boolean => {
      const { labels } = file.manifest['metadata'] as { labels: Readonly<Record<string, string>> };
      return services.has(labels['plimsoll.dev/workload'] ?? '');
    };
    const texts = (among: readonly SynthesizedFile[]): readonly string[] =>
      among.filter(isService).map((file) => file.text);
    expect(texts(files)).toEqual(texts(vanilla));
    if (plan === 'tenants') expect(texts(files).length).toBeGreaterThan(10);
  });
});

describe.each(TARGET_PROFILES.map(({ name }) => name))('profile %s', (profile) => {
  const exceptions = exceptionsOf(profile);

  it('refuses what it cannot express, and says why', () => {
    for (const [workload, reason] of Object.entries(exceptions.refused)) {
      const alone = planWith(ALLOCATIONS.filter((item) => item.workload === workload));
      const outcome = synthesize(alone, { profile });
      expect(outcome.ok).toBe(false);
      const errors = outcome.diagnostics.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ code }) => code)).toEqual(['synth-unsupported']);
      expect(errors[0]?.summary).toMatch(reason);
    }
  });

  it('needs every exception that it states', () => {
    const sources = Object.values(PLANS).map((source) => accepted(source, exceptions));
    const argsOf = (name: string): readonly string[] =>
      sources.flatMap((source) =>
        plannedPods(filesOf(source, name)).flatMap(({ server }) => server.containers[0].args),
      );
    const both = [argsOf(profile), argsOf('vanilla')] as const;
    for (const [flag] of exceptions.flags) {
      const [own, other] = both.map((args) => args.filter((arg) => flag.test(arg)).sort());
      expect(own).not.toEqual(other);
    }
  });

  it('says what the cluster must have', () => {
    const found = TARGET_PROFILES.find(({ name }) => name === profile);
    expect(found?.needs.length).toBeGreaterThan(2);
    expect(filesOf(SHOP_SOURCE, profile).length).toBeGreaterThan(10);
  });
});

function withoutSelector(constraint: object): object {
  return { ...constraint, labelSelector: undefined };
}

/** What a ScaledObject says beside its target and the names of its pods. */
function scaling(file: SynthesizedFile | undefined): unknown {
  if (file === undefined) return undefined;
  const { minReplicaCount, maxReplicaCount, triggers } = file.manifest['spec'] as {
    minReplicaCount: number;
    maxReplicaCount: number;
    triggers: readonly { type: string; metadata: { threshold?: string } }[];
  };
  const times = triggers.map(({ type, metadata }) => (type === 'cron' ? metadata : metadata.threshold));
  return { minReplicaCount, maxReplicaCount, times };
}
