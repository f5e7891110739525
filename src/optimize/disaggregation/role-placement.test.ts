import { describe, expect, it } from 'vitest';
import type { EvaluatedCandidate } from '../../model/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import { scenariosOf } from '../placement/availability.ts';
import type { PlacementSolution } from '../placement/solution.ts';
import { h100, chatProfile, resolvedProblem } from '../testing/resolved.ts';
import { option, window, workload } from '../testing/instances.ts';
import type { WorkloadEvaluation } from '../evaluate-workload.ts';
import { derated } from './derate.ts';
import type { RoleEvaluation, RoleFinalist } from './evaluate-roles.ts';
import { placedFleet } from './placed-fleet.ts';
import { roleWorkloads, withRoleDemand, withRolesJoined, workloadOf } from './role-placement.ts';
import { shapesOn } from './testing/subject.ts';

const [ONE, TWO] = shapesOn('h', [1, 2]);
const OFFERING = h100({ pool: 'h', zone: 'z1', capacityType: 'on-demand', price: 8, accelerators: 8 });

function finalist(role: 'prefill' | 'decode', shape: typeof ONE, rate: number): RoleFinalist {
  const made = option({ workload: 'chat', pool: 'h', size: shape === ONE ? 1 : 2, rate });
  const candidate = { ...made.candidate, id: `${made.candidate.id}-${role}`, role };
  const capacity = { rate: { value: rate, low: rate, high: rate } };
  return { shape: shape!, evaluated: { candidate, capacity, startup: 100 } as unknown as EvaluatedCandidate };
}

const ROLES: RoleEvaluation = {
  prefill: [finalist('prefill', ONE, 10), finalist('prefill', TWO, 22)],
  decode: [finalist('decode', TWO, 30)],
  planned: 1,
  rejected: [],
  work: { options: 0, candidates: 0, simulations: 0, requests: 0 },
};

/** A solution that places these numbers of replicas of role workloads in window w0. */
function solution(
  counts: readonly (readonly [role: 'prefill' | 'decode', at: number, count: number])[],
): PlacementSolution {
  return {
    isOptimal: true,
    solver: 'test',
    objective: 0 as PlacementSolution['objective'],
    bound: 0 as PlacementSolution['bound'],
    windowBounds: {},
    nodes: [{ offering: OFFERING, window: 'w0', count: 4 }],
    replicas: counts.map(([role, at, count]) => {
      const placed = roleWorkloads(workload('chat', []), ROLES).find(({ id }) => id === `chat/${role}`)!;
      return { workload: placed.id, option: placed.options[at]!, offering: OFFERING, window: 'w0', count };
    }),
  };
}

describe('roles in placement', () => {
  it('are two workloads with the whole demand and half of the time that may be short', () => {
    const whole = workload('chat', [], { availability: 0.99, maxSpotShare: 0.3, tolerates: 'node' });
    const [prefill, decode] = roleWorkloads(whole, ROLES);
    expect([prefill!.id, decode!.id]).toEqual(['chat/prefill', 'chat/decode']);
    expect(prefill).toMatchObject({ maxSpotShare: 0.3, tolerates: 'node' });
    expect(decode!.availability).toBeCloseTo(0.995, 12);
    expect(prefill!.options.map(({ rate }) => rate)).toEqual([10, 22]);
    expect(roleWorkloads(workload('chat', []), ROLES)[0]!.availability).toBe(0);
    const [first] = withRoleDemand([window('w0', [0, 168], { chat: 5, other: 2 })], ['chat']);
    expect(first!.peakRate).toEqual({ 'chat/prefill': 5, 'chat/decode': 5, other: 2 });
  });

  it('go by the name of their workload in the plan', () => {
    expect(workloadOf('chat/decode')).toBe('chat');
    expect(workloadOf('chat')).toBe('chat');
    const joined = withRolesJoined(
      solution([
        ['prefill', 0, 3],
        ['decode', 0, 1],
      ]),
    );
    expect(joined.replicas.map((item) => item.workload)).toEqual(['chat', 'chat']);
  });

  it('are planned lower where the fleet falls short, and only there', () => {
    const of = (id: string): WorkloadEvaluation => {
      const [resolved] = resolvedProblem({
        offerings: [OFFERING],
        workloads: [{ id, profile: chatProfile(1) }],
      }).workloads;
      return { workload: resolved, roles: ROLES } as unknown as WorkloadEvaluation;
    };
    const [chat, other] = derated([of('chat'), of('other')], new Set(['chat']));
    expect(chat!.roles!.planned).toBeLessThan(1);
    expect(other!.roles!.planned).toBe(1);
    const [prefill] = roleWorkloads(workload('chat', []), chat!.roles!);
    expect(prefill!.options[0]!.rate).toBe(requestsPerSecond(10 * chat!.roles!.planned));
  });
});

describe('a placed fleet', () => {
  const busiest = window('w0', [0, 168], { chat: 25 });

  it('has the replicas of both roles and the demand', () => {
    const joined = withRolesJoined(
      solution([
        ['prefill', 0, 3],
        ['decode', 0, 1],
      ]),
    );
    const fleet = placedFleet('chat', ROLES, { solution: joined, busiest })!;
    expect(fleet.parts.map(({ role, replicas }) => [role, replicas])).toEqual([
      ['prefill', 3],
      ['decode', 1],
    ]);
    expect(fleet.rate).toBe(25);
  });

  it('takes the main shapes at what both carry where a role has several', () => {
    // Prefill: 20 of 42 by the small shape, 22 by the large one.
    const joined = withRolesJoined(
      solution([
        ['prefill', 0, 2],
        ['prefill', 1, 1],
        ['decode', 0, 2],
      ]),
    );
    const fleet = placedFleet('chat', ROLES, { solution: joined, busiest })!;
    expect(fleet.parts[0].shape).toBe(TWO);
    expect(fleet.rate).toBeLessThanOrEqual((25 * 22) / 42 + 1e-9);
    expect(fleet.rate).toBeGreaterThan(10);
  });

  it('is scaled down where it is too large to simulate, and is none without both roles', () => {
    const large = withRolesJoined(
      solution([
        ['prefill', 0, 1280],
        ['decode', 0, 640],
      ]),
    );
    const fleet = placedFleet('chat', ROLES, { solution: large, busiest })!;
    expect(fleet.parts.map(({ replicas }) => replicas)).toEqual([64, 32]);
    expect(fleet.rate).toBeCloseTo(25 / 20, 9);
    const lone = withRolesJoined(solution([['prefill', 0, 3]]));
    expect(placedFleet('chat', ROLES, { solution: lone, busiest })).toBeUndefined();
  });
});

describe('availability of a workload served apart', () => {
  it('stands only while both roles carry the demand', () => {
    const joined = withRolesJoined(
      solution([
        ['prefill', 0, 4],
        ['decode', 0, 1],
      ]),
    );
    const at = (rate: number) =>
      scenariosOf(workload('chat', []), joined, window('w0', [0, 168], { chat: rate }));
    expect(at(25).scenarios.find(({ failed }) => failed === 'nothing')!.remainingRate).toBe(30);
    // Four prefill replicas carry 40, the one decode replica 30: a lost node takes all of it.
    expect(at(35).achieved).toBe(0);
    expect(at(25).achieved).toBeLessThan(1);
    expect(
      at(25)
        .scenarios.filter(({ failed }) => failed !== 'nothing')
        .every(({ meetsDemand }) => !meetsDemand),
    ).toBe(true);
  });
});
