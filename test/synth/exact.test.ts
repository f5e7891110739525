import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackedNodes } from '../../src/model/index.ts';
import { MOST_SLOTS, nodeSlots, slotNotes } from '../../src/synth/kubernetes/node-slots.ts';
import { nodeGroupSpecs } from '../../src/synth/pulumi/node-group-spec.ts';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { PLAN_SOURCE } from './plan-source.ts';
import { C7I, serviceAllocation, shopWith } from './services-source.ts';
import { objectProblems } from './validate-object.ts';

type Contents = Readonly<Record<string, number>>;
type Week = Readonly<Record<'w0' | 'w1', readonly Contents[]>>;

const ZONE = 'us-east-1a';
const OFFERING = `${C7I.pool}/${ZONE}/${C7I.capacityType}`;
const SERVICES = ['frontend', 'cart', 'legacy'] as const;

/** A plan whose nodes in one zone hold these pods in each window, kept apart exactly. */
function packed(week: Week): SynthesisSource {
  const windows = ['w0', 'w1'] as const;
  const countOf = (window: 'w0' | 'w1', service: string): number =>
    week[window].reduce((sum, node) => sum + (node[service] ?? 0), 0);
  const used = SERVICES.filter((service) => windows.some((window) => countOf(window, service) > 0));
  const source = shopWith(
    used.map((service) =>
      serviceAllocation(
        service,
        C7I,
        Object.fromEntries(
          windows.map((window) => {
            const count = countOf(window, service);
            return [window, count === 0 ? {} : { [ZONE]: count }];
          }),
        ),
      ),
    ),
  );
  const packing = windows.flatMap((window) =>
    week[window].map((pods): PackedNodes => ({ offering: OFFERING, window, nodes: 1, pods })),
  );
  const nodes = source.decision.nodes.map((item) => ({
    ...item,
    nodes: { w0: week.w0.length, w1: week.w1.length },
  }));
  return {
    ...source,
    problem: { ...source.problem, placement: 'exact' },
    decision: { ...source.decision, packing, nodes },
  };
}

const node = fc
  .record({
    frontend: fc.integer({ min: 0, max: 3 }),
    cart: fc.integer({ min: 0, max: 3 }),
    legacy: fc.integer({ min: 0, max: 1 }),
  })
  .map((counts) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)))
  .filter((pods) => Object.keys(pods).length > 0);
const nodes = fc.array(node, { minLength: 0, maxLength: 5 });
const week = fc.record({ w0: nodes, w1: nodes });

const sorted = (contents: readonly Contents[]): readonly string[] =>
  contents
    .filter((pods) => Object.keys(pods).length > 0)
    .map((pods) => JSON.stringify(Object.entries(pods).sort()))
    .sort();

describe('nodes that are told apart', () => {
  it('hold in every window what the plan packed on them, whatever their order', () => {
    fc.assert(
      fc.property(week, (plan) => {
        const slots = nodeSlots(packed(plan)).get(OFFERING);
        const most = Math.max(plan.w0.length, plan.w1.length);
        if (most < 2) return slots === undefined;
        expect(slots?.count).toBe(most);
        for (const window of ['w0', 'w1'] as const) {
          expect(sorted(slots?.contents[window] ?? [])).toEqual(sorted(plan[window]));
        }
        return true;
      }),
    );
  });

  it('keep their numbers where windows pack alike, so that no pod moves', () => {
    fc.assert(
      fc.property(fc.array(node, { minLength: 2, maxLength: 5 }), (contents) => {
        const slots = nodeSlots(packed({ w0: contents, w1: [...contents].reverse() })).get(OFFERING);
        expect(slots?.contents['w1']).toEqual(slots?.contents['w0']);
      }),
    );
  });

  it('are none where zones are enough, where the packing is not that of the replicas, or where they are too many', () => {
    const two = packed({ w0: [{ cart: 2 }, { frontend: 1 }], w1: [{ cart: 1 }] });
    expect([...nodeSlots(two).keys()]).toEqual([OFFERING]);
    expect(nodeSlots({ ...two, problem: { ...two.problem, placement: 'zonal' } }).size).toBe(0);
    const missing = { ...two.decision, packing: two.decision.packing?.slice(1) ?? [] };
    expect(nodeSlots({ ...two, decision: missing }).size).toBe(0);
    const shared = {
      ...two.decision,
      allocations: PLAN_SOURCE.decision.allocations.map((item) => ({ ...item, ...C7I })),
    };
    expect(nodeSlots({ ...two, decision: shared }).size).toBe(0);

    const many = packed({ w0: Array.from({ length: MOST_SLOTS + 1 }, () => ({ cart: 1 })), w1: [] });
    expect(nodeSlots(many).size).toBe(0);
    expect(slotNotes(two)).toEqual([]);
    expect(slotNotes(many).map(({ code, severity }) => [code, severity])).toEqual([
      ['synth-unsupported', 'note'],
    ]);
  });
});

describe('the objects of an exact plan', () => {
  const source = packed({
    w0: [
      { cart: 2, frontend: 1 },
      { frontend: 1, legacy: 1 },
    ],
    w1: [{ frontend: 1, legacy: 1 }],
  });

  function filesOf(plan: SynthesisSource, profile = 'vanilla'): readonly SynthesizedFile[] {
    const outcome = synthesize(plan, { profile });
    if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ summary }) => summary).join('\n'));
    return outcome.value;
  }

  interface Manifest {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly spec: {
      readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
      readonly template: {
        readonly metadata: { readonly labels: Readonly<Record<string, string>> };
        readonly spec: { readonly nodeSelector: Readonly<Record<string, string>> };
      };
    };
  }
  const ofKind = (kind: string, plan = source): readonly Manifest[] =>
    filesOf(plan)
      .filter((file) => file.kind === kind)
      .map((file) => file.manifest as unknown as Manifest);

  it('are valid, and every pod selects the node of a node pool that is for this node alone', () => {
    expect(filesOf(source).flatMap((file) => objectProblems(file.manifest))).toEqual([]);
    const deployments = ofKind('Deployment');
    // Nothing is written for the pods of `legacy`, which its owner deploys.
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual([
      'cart-general-c7i-large-on-demand-0',
      'frontend-general-c7i-large-on-demand-0',
      'frontend-general-c7i-large-on-demand-1',
    ]);
    const selectors = deployments.map(({ spec }) => JSON.stringify(spec.selector.matchLabels));
    expect(new Set(selectors).size).toBe(deployments.length);
    const pools = ofKind('NodePool').map(({ spec }) => spec.template.metadata.labels['plimsoll.dev/slot']);
    expect(pools).toEqual(['0', '1']);
    for (const { metadata, spec } of deployments) {
      expect(spec.template.spec.nodeSelector['plimsoll.dev/slot']).toBe(metadata.name.slice(-1));
      expect(spec.template.metadata.labels['plimsoll.dev/slot']).toBe(metadata.name.slice(-1));
    }
  });

  it('have one node group of the cloud for each node, with the windows in which it is there', () => {
    const specs = nodeGroupSpecs(source);
    if (!specs.ok) throw new Error('no specs');
    expect(specs.value.map(({ name, minNodes, maxNodes }) => [name.slice(-2), minNodes, maxNodes])).toEqual([
      ['-0', 0, 1],
      ['-1', 1, 1],
    ]);
    expect(specs.value.map(({ labels }) => labels['plimsoll.dev/slot'])).toEqual(['0', '1']);
  });

  it('have one flavor of their queue for all nodes of a kind', () => {
    const queued: SynthesisSource = {
      ...source,
      problem: { ...source.problem, tenancy: { queues: 'kueue' } },
    };
    expect(ofKind('ResourceFlavor', queued)).toHaveLength(1);
  });
});
