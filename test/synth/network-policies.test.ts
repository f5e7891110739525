import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/model/index.ts';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { mayConnect } from './allowed-traffic.ts';
import type { Endpoint } from './allowed-traffic.ts';
import { PLAN_SOURCE } from './plan-source.ts';
import { SHOP_SOURCE } from './services-source.ts';
import { TENANT_SOURCE, tenantPlan } from './tenancy-source.ts';

type Labels = Readonly<Record<string, string>>;
interface Template {
  readonly metadata: { readonly labels: Labels };
}
interface GroupSpec {
  readonly leaderWorkerTemplate: { readonly leaderTemplate: Template; readonly workerTemplate: Template };
}

function filesOf(source: SynthesisSource): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile: 'vanilla' });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

/** A pod of a Deployment, or of a LeaderWorkerSet (its helper where `isHelper`). */
function podOf(files: readonly SynthesizedFile[], name: string, isHelper = false): Endpoint {
  const file = files.find((item) => /^(Deployment|LeaderWorkerSet)$/.test(item.kind) && item.name === name);
  if (file === undefined) throw new Error(`no pods of ${name}`);
  const spec = file.manifest['spec'] as unknown as { readonly template: Template } & GroupSpec;
  const template =
    file.kind === 'Deployment'
      ? spec.template
      : spec.leaderWorkerTemplate[isHelper ? 'workerTemplate' : 'leaderTemplate'];
  return { namespace: file.namespace, labels: template.metadata.labels };
}

const stranger = (namespace: string): Endpoint => ({ namespace, labels: { app: 'stranger' } });
const files = filesOf(TENANT_SOURCE);
const may = (from: Endpoint, to: Endpoint, port: number, among = files): boolean =>
  mayConnect(among, from, to, port);

describe('every namespace of the stack', () => {
  it('denies what no policy names, and a namespace that is not its own is left open', () => {
    const problem = { ...PLAN_SOURCE.problem, workloads: PLAN_SOURCE.problem.workloads.slice(0, 1) };
    const moved = problem.workloads.map((workload) => ({ ...workload, namespace: 'default' }));
    const open = filesOf({
      ...PLAN_SOURCE,
      problem: { ...problem, workloads: moved },
      decision: {
        ...PLAN_SOURCE.decision,
        allocations: PLAN_SOURCE.decision.allocations.filter(({ workload }) => workload === 'chat'),
      },
    });
    expect(may(stranger('default'), stranger('default'), 80, open)).toBe(true);
    expect(may(stranger('default'), podOf(open, 'chat-h100-on-demand'), 8001, open)).toBe(false);
    for (const namespace of ['llm', 'shop', 'payments', 'tenants']) {
      const denies = files.some((file) => file.namespace === namespace && file.name.endsWith('default-deny'));
      expect(denies).toBe(namespace !== 'shop');
    }
    expect(may(stranger('llm'), stranger('llm'), 80)).toBe(false);
  });

  it('is held to the pod security standard that engines pass', () => {
    for (const file of files.filter((item) => item.kind === 'Namespace')) {
      const { labels } = file.manifest['metadata'] as { readonly labels: Labels };
      expect(labels['pod-security.kubernetes.io/enforce']).toBe('baseline');
    }
  });

  it('has no policy where the stack wants none', () => {
    const none = filesOf(tenantPlan({ networkPolicies: false }));
    expect(none.filter((file) => file.kind === 'NetworkPolicy')).toEqual([]);
    expect(none.length).toBeLessThan(files.length);
  });
});

describe('prefill and decode', () => {
  const router = podOf(files, 'chat-router');
  const prefill = podOf(files, 'chat-prefill-h100-on-demand');
  const decode = podOf(files, 'chat-decode-l40s-spot');

  it('clients of the named namespaces reach the router and no engine', () => {
    for (const client of ['web', 'batch']) {
      expect(may(stranger(client), router, 8000)).toBe(true);
      expect(may(stranger(client), decode, 8000)).toBe(false);
    }
    expect(may(stranger('elsewhere'), router, 8000)).toBe(false);
    expect(may(stranger('llm'), router, 8000)).toBe(false);
  });

  it('the router reaches the engines, they each other at any port, none another model', () => {
    expect(may(router, prefill, 8000)).toBe(true);
    expect(may(router, prefill, 5600)).toBe(false);
    for (const port of [5600, 41_234]) {
      expect(may(prefill, decode, port)).toBe(true);
      expect(may(decode, prefill, port)).toBe(true);
    }
    expect(may(decode, router, 8000)).toBe(false);
    expect(may(decode, podOf(files, 'search-decode-a3-spot-dp4'), 8000)).toBe(false);
  });

  it('helpers of a group take part', () => {
    const helper = podOf(files, 'search-decode-a3-spot-dp4', true);
    expect(may(helper, podOf(files, 'search-prefill-a3-spot'), 40_000)).toBe(true);
    expect(may(helper, podOf(files, 'search-decode-a3-spot-dp4'), 29_500)).toBe(true);
  });

  it('Prometheus reads the engines and the router', () => {
    expect(may(stranger('monitoring'), decode, 8000)).toBe(true);
    expect(may(stranger('monitoring'), router, 29_000)).toBe(true);
    expect(may(stranger('monitoring'), router, 8000)).toBe(false);
  });
});

describe('whole models', () => {
  const whole = filesOf(PLAN_SOURCE);

  it('are reached from every namespace where no clients are named', () => {
    const chat = podOf(whole, 'chat-l40s-spot');
    expect(may(stranger('anywhere'), chat, 8000, whole)).toBe(true);
    expect(may(stranger('anywhere'), chat, 8001, whole)).toBe(false);
    expect(may(chat, podOf(whole, 'chat-h100-on-demand'), 8000, whole)).toBe(false);
  });

  it('over several nodes: the pods of a set reach each other at any port', () => {
    const leader = podOf(whole, 'deep-h100-on-demand');
    const helper = podOf(whole, 'deep-h100-on-demand', true);
    expect(may(helper, leader, 29_500, whole)).toBe(true);
    expect(may(leader, helper, 51_000, whole)).toBe(true);
    expect(may(stranger('research'), helper, 29_500, whole)).toBe(false);
  });
});

/** Names of the pod sets of the shop by service; the first one stands for all. */
const SHOP_PODS: Readonly<Record<string, string>> = {
  frontend: 'frontend-general-c7i-large-on-demand',
  cart: 'cart-general-c7i-large-on-demand',
  payment: 'payment-secure-on-demand',
  worker: 'worker-general-m7g-large-spot',
};
const PORTS: Readonly<Record<string, number>> = { frontend: 8080, cart: 7070, payment: 443, worker: 9999 };

describe('microservices', () => {
  const pods = Object.keys(SHOP_PODS);

  it('reach exactly the services that they call, whatever the call graph', () => {
    const edges = fc.uniqueArray(fc.tuple(fc.constantFrom(...pods), fc.constantFrom(...pods)), {
      selector: ([from, to]) => `${from} ${to}`,
      maxLength: 8,
    });
    fc.assert(
      fc.property(edges, (calls) => {
        const graph = calls.filter(([from, to]) => from !== to && to !== 'worker');
        const services = (SHOP_SOURCE.problem.services ?? []).map((service): ServiceDocument => ({
          ...service,
          calls: graph.filter(([from]) => from === service.id).map(([, to]) => ({ service: to })),
        }));
        const written = filesOf({ ...SHOP_SOURCE, problem: { ...SHOP_SOURCE.problem, services } });
        for (const from of pods) {
          for (const to of pods.filter((id) => id !== from)) {
            const isCall = graph.some((edge) => edge[0] === from && edge[1] === to);
            const ends = [from, to].map((id) => podOf(written, SHOP_PODS[id] ?? ''));
            const [caller = stranger(''), called = stranger('')] = ends;
            expect(mayConnect(written, caller, called, PORTS[to] ?? 0)).toBe(isCall);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('take requests from clients only where they come from outside, or nobody is known to call', () => {
    const at = (id: string): Endpoint => podOf(files, SHOP_PODS[id] ?? '');
    expect(may(stranger('web'), at('frontend'), 8080)).toBe(true);
    expect(may(stranger('web'), at('cart'), 7070)).toBe(false);
    expect(may(stranger('web'), at('worker'), 9999)).toBe(false);
    const alone = filesOf(SHOP_SOURCE);
    expect(mayConnect(alone, stranger('web'), podOf(alone, SHOP_PODS['cart'] ?? ''), 7070)).toBe(true);
  });

  it('know a service that its owner deploys by its namespace', () => {
    expect(may(podOf(files, SHOP_PODS['cart'] ?? ''), stranger('tenants'), 1234)).toBe(false);
    const legacy = stranger('tenants');
    const open = files.filter((file) => !file.name.endsWith('default-deny'));
    expect(mayConnect(open, podOf(files, SHOP_PODS['cart'] ?? ''), legacy, 1234)).toBe(true);
    expect(mayConnect(open, legacy, podOf(files, SHOP_PODS['payment'] ?? ''), 443)).toBe(true);
  });
});
