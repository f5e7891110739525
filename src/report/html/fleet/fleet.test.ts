import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatPlan } from '../../../../test/support/report-documents.ts';
import { serviceSamplePlan } from '../../../../test/support/sample-service-plan.ts';
import { manyWorkloads } from '../testing/sample-plans.ts';
import { fleetOf } from './fleet-model.ts';
import { fleetPicture } from './fleet-picture.ts';
import { podMarks } from './fleet-legend.ts';
import { nodeWords } from './node-picture.ts';
import { packFirstFit } from './pack-first-fit.ts';

describe('the fleet of a plan', () => {
  it('has the nodes that the plan buys in the window and the pods of its replicas', () => {
    const plan = chatPlan();
    for (const { id } of plan.decision.windows) {
      const fleet = fleetOf(plan, id);
      const bought = plan.decision.nodes.reduce((sum, item) => sum + (item.nodes[id] ?? 0), 0);
      const replicas = plan.decision.allocations
        .flatMap((item) => Object.values(item.replicas[id] ?? {}))
        .reduce((sum, count) => sum + count, 0);
      const nodes = fleet.flatMap((item) => item.nodes);
      expect(nodes.reduce((sum, item) => sum + item.count, 0)).toBe(bought);
      expect(
        nodes.reduce(
          (sum, item) => sum + item.count * item.pods.reduce((all, pods) => all + pods.pods, 0),
          0,
        ),
      ).toBe(replicas);
      expect(fleet.every((item) => item.left === 0)).toBe(true);
    }
  });

  it('has the packed nodes of services with their pods by CPU', () => {
    const plan = serviceSamplePlan();
    const fleet = fleetOf(plan, 'w0');
    expect(fleet.every((item) => item.scale === 'cpu')).toBe(true);
    const pods = fleet.flatMap((item) =>
      item.nodes.flatMap((node) => node.pods.map((own) => own.pods * node.count)),
    );
    expect(pods.reduce((sum, count) => sum + count, 0)).toBe(5);
  });

  it('tells nodes in words: how many, what each holds, what is free', () => {
    const [first] = fleetOf(chatPlan(), 'w0').filter((item) => item.offering.capacityType === 'on-demand');
    const [nodes] = first?.nodes ?? [];
    expect(first === undefined || nodes === undefined ? '' : nodeWords(first, nodes)).toBe(
      'One node like this: chat 4 pods; 0 of 8 accelerators free',
    );
  });

  it('draws one view per window, the busiest shown first, and alike nodes once with their number', () => {
    const plan = manyWorkloads(serviceSamplePlan(), 20);
    const { markup } = fleetPicture(plan);
    expect(markup.match(/<div class="window"/g)).toHaveLength(2);
    expect(/value="0"\s+checked/.test(markup)).toBe(true);
    expect(fleetPicture({ ...plan, decision: { ...plan.decision, windows: [] } }).markup).toContain(
      'Nothing is planned',
    );
  });

  it('gives the dearest workloads letters and the first six a colour of their own', () => {
    const marks = [...podMarks(manyWorkloads(serviceSamplePlan(), 40)).values()];
    expect(marks).toHaveLength(40);
    expect(new Set(marks.slice(0, 6).map((mark) => mark.colour)).size).toBe(6);
    expect(marks.filter((mark) => mark.letter !== '')).toHaveLength(26);
  });
});

describe('packing pods to draw them', () => {
  const kinds = fc.array(
    fc.record({
      workload: fc.constantFrom('a', 'b', 'c'),
      count: fc.integer({ min: 0, max: 9 }),
      each: fc.integer({ min: 1, max: 8 }),
    }),
    { maxLength: 4 },
  );

  it('draws every pod once, on a node with room for it, or counts it as left', () => {
    fc.assert(
      fc.property(kinds, fc.integer({ min: 0, max: 12 }), (pods, nodes) => {
        const packed = packFirstFit(pods, nodes, 8);
        const drawn = packed.nodes.flatMap((node) => node.pods).reduce((sum, item) => sum + item.pods, 0);
        expect(drawn + packed.left).toBe(pods.reduce((sum, kind) => sum + kind.count, 0));
        for (const node of packed.nodes) {
          expect(node.pods.reduce((sum, item) => sum + item.pods * item.each, 0)).toBeLessThanOrEqual(8);
        }
      }),
    );
  });
});
