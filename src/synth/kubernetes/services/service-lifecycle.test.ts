import { describe, expect, it } from 'vitest';
import type { DeclaredService } from './declared-service.ts';
import type { PlannedService, ServicePodSet } from './planned-service.ts';
import { disposableServiceReplicas, rollout, serviceTermination } from './service-lifecycle.ts';

function service(port: number, terminationGrace: number): DeclaredService {
  return { port, terminationGrace } as DeclaredService;
}

function podSet(capacityType: 'spot' | 'on-demand', notices: readonly number[]): ServicePodSet {
  return {
    allocation: { capacityType },
    offerings: notices.map((notice) => ({ interruption: { notice } })),
  } as unknown as ServicePodSet;
}

/** A service with these replicas in the two halves of the week per pod set, and this need. */
function planned(
  sets: readonly (readonly [number, number])[],
  needed: readonly [number, number],
): PlannedService {
  const total = (window: 0 | 1): number => sets.reduce((sum, set) => sum + set[window], 0);
  return {
    podSets: sets.map(([first, second]) => ({
      replicas: { hourly: Array.from({ length: 168 }, (_, hour) => (hour < 84 ? first : second)) },
    })),
    decision: {
      load: {
        w0: { planned: total(0), needed: needed[0] },
        w1: { planned: total(1), needed: needed[1] },
      },
    },
  } as unknown as PlannedService;
}

describe('the end of a pod', () => {
  it('is 5 s without new requests and then its grace', () => {
    expect(serviceTermination(service(80, 30), podSet('on-demand', [0]))).toEqual({
      preStop: 5,
      gracePeriod: 35,
      isCut: false,
    });
  });

  it('has no wait where nothing is sent to it', () => {
    expect(serviceTermination(service(0, 30), podSet('on-demand', [0]))).toMatchObject({
      preStop: 0,
      gracePeriod: 30,
    });
  });

  it('is at least a second, which Kubernetes needs to let it end by itself', () => {
    expect(serviceTermination(service(0, 0), podSet('on-demand', [0])).gracePeriod).toBe(1);
  });

  it.each([
    [[120], 115, { preStop: 5, gracePeriod: 120, isCut: false }],
    [[120], 116, { preStop: 5, gracePeriod: 120, isCut: true }],
    [[120, 30], 60, { preStop: 5, gracePeriod: 30, isCut: true }],
    [[3], 60, { preStop: 2, gracePeriod: 3, isCut: true }],
    [[0], 60, { preStop: 5, gracePeriod: 30, isCut: true }],
  ] as const)('on spot with notices %j and a grace of %d s is %j', (notices, grace, expected) => {
    expect(serviceTermination(service(80, grace), podSet('spot', notices))).toEqual(expected);
  });
});

describe('replicas that may be down by choice', () => {
  it.each([
    ['what every window has beyond its need', [[6, 4]], [4, 3], 1],
    [
      'over all pod sets',
      [
        [3, 2],
        [3, 2],
      ],
      [3, 1],
      3,
    ],
    ['one where nothing is beyond the need', [[3, 3]], [3, 3], 1],
    ['never all of the quietest hour', [[9, 3]], [1, 0], 2],
    ['one of a single replica', [[1, 1]], [1, 1], 1],
  ] as const)('are %s', (_, sets, needed, expected) => {
    expect(disposableServiceReplicas(planned(sets, needed))).toBe(expected);
  });
});

describe('a rollout', () => {
  it('takes from each pod set its part of what may be down', () => {
    expect(
      rollout(
        planned(
          [
            [3, 2],
            [3, 2],
          ],
          [1, 0],
        ),
      ),
    ).toEqual({ maxSurge: 0, maxUnavailable: 2 });
  });

  it('starts new pods first where there is not one for each', () => {
    expect(
      rollout(
        planned(
          [
            [3, 2],
            [3, 2],
          ],
          [5, 3],
        ),
      ),
    ).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(
      rollout({ ...planned([[3, 2]], [1, 1]), decision: undefined } as unknown as PlannedService),
    ).toEqual({
      maxSurge: 1,
      maxUnavailable: 0,
    });
  });
});
