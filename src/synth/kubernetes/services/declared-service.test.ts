import { describe, expect, it } from 'vitest';
import type { ProblemDocument, ServiceDocument } from '../../../model/index.ts';
import { declaredServices } from './declared-service.ts';
import type { DeclaredService } from './declared-service.ts';

const RESOURCES = { requests: { cpu: '1', memory: '256Mi' } } as const;

function declared(service: Partial<ServiceDocument>): DeclaredService {
  const problem: ProblemDocument = {
    apiVersion: 'plimsoll.dev/v1alpha1',
    name: 'shop',
    pools: [],
    workloads: [],
    services: [{ id: 'web', performance: { fixed: { resources: RESOURCES, replicas: 1 } }, ...service }],
  };
  const found = declaredServices(problem).get('web');
  if (found === undefined) throw new Error('the service is not declared');
  return found;
}

describe('a declared service', () => {
  it('has the defaults of the problem format', () => {
    expect(declared({})).toMatchObject({
      namespace: 'shop',
      team: '',
      image: '',
      port: 0,
      command: [],
      args: [],
      environment: [],
      maxPerNode: Infinity,
      apartFrom: [],
      zoneSkew: 1,
      priority: 0,
      startup: 30,
      terminationGrace: 30,
    });
  });

  it('that is apart from itself has one pod per node', () => {
    const { maxPerNode, apartFrom } = declared({ scheduling: { apartFrom: ['web', 'cart'], maxPerNode: 3 } });
    expect([maxPerNode, apartFrom]).toEqual([1, ['cart']]);
  });

  it('is none of a problem without services', () => {
    expect(
      declaredServices({ apiVersion: 'plimsoll.dev/v1alpha1', name: 'x', pools: [], workloads: [] }).size,
    ).toBe(0);
  });
});

describe('cores of a replica at a rate', () => {
  it('are rate × CPU time by queueing', () => {
    const { cpuCoresAt } = declared({
      performance: { queueing: { sizes: [RESOURCES], cpuTime: '5ms' } },
    });
    expect(cpuCoresAt(160)).toBeCloseTo(0.8, 12);
  });

  it('lie on lines between measured rows, at the first row below it and at the last beyond', () => {
    const { cpuCoresAt } = declared({
      performance: {
        measured: {
          resources: RESOURCES,
          rows: [
            { rate: '10/s', latency: { p99: '18ms' }, cpu: '60m', memory: '70Mi' },
            { rate: '40/s', latency: { p99: '31ms' }, cpu: '220m', memory: '88Mi' },
            { rate: '70/s', latency: { p99: '95ms' }, cpu: '400m', memory: '104Mi' },
          ],
        },
      },
    });
    for (const [rate, cores] of [
      [5, 0.06],
      [10, 0.06],
      [25, 0.14],
      [40, 0.22],
      [55, 0.31],
      [99, 0.4],
    ] as const) {
      expect(cpuCoresAt(rate)).toBeCloseTo(cores, 12);
    }
  });

  it('are unknown for a fixed service', () => {
    expect(declared({}).cpuCoresAt(1)).toBeUndefined();
  });
});
