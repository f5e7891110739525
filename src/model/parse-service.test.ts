import { describe, expect, it } from 'vitest';
import { brokenServices, serviceDocument } from '../../test/fixtures/service-documents.ts';
import { normalizeDocument, parseProblem } from './index.ts';
import type { Problem, ProblemDocument, ServiceWorkload } from './index.ts';

const MIB = 2 ** 20;
const WEEK = 168;

function problemOf(document: unknown): Problem {
  const outcome = parseProblem(document);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics, undefined, 1));
  return outcome.value;
}

function serviceOf(id: string, changes: Readonly<Record<string, unknown>> = {}): ServiceWorkload {
  const found = problemOf(brokenServices(changes)).services.find((service) => service.id === id);
  if (found === undefined) throw new Error(`no service ${id}`);
  return found;
}

describe('a valid problem of services', () => {
  it('has no diagnostics and keeps services and workloads apart, sorted by id', () => {
    const outcome = parseProblem(serviceDocument());
    expect(outcome.diagnostics).toEqual([]);
    const problem = problemOf(serviceDocument());
    expect(problem.workloads).toEqual([]);
    expect(problem.services.map(({ id, path }) => [id, path])).toEqual([
      ['cart', 'services[1]'],
      ['frontend', 'services[0]'],
      ['search', 'services[2]'],
    ]);
  });

  it('needs no list of workloads', () => {
    expect(problemOf(brokenServices({ workloads: undefined })).services).toHaveLength(3);
  });

  it('holds what was declared in base units', () => {
    expect(serviceOf('frontend')).toMatchObject({
      kind: 'service',
      team: 'storefront',
      namespace: 'web',
      pools: ['general'],
      maxSpotShare: 0.6,
      image: 'ghcr.io/example/frontend:2',
      port: 8080,
      command: ['/app/frontend'],
      args: ['--quiet'],
      environment: { LOG: 'warn' },
      calls: [
        { service: 'cart', perRequest: 1, group: 0 },
        { service: 'cart', perRequest: 1.5, group: 1 },
      ],
      slo: {
        limits: [
          { percentile: 'p50', limit: 0.04 },
          { percentile: 'p99', limit: 0.25 },
        ],
        availability: 0.999,
        tolerates: 'node',
      },
      replicas: { min: 2, max: 60 },
      scheduling: {
        architectures: ['amd64', 'arm64'],
        nodeSelector: { tier: 'apps' },
        tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'apps', effect: 'NoSchedule' }],
        maxPerNode: 4,
        apartFrom: ['search'],
        zoneSkew: 2,
        priority: 1000,
      },
      startup: 12,
      terminationGrace: 45,
    });
  });

  it('holds rates by hour with the changes still to be made to them', () => {
    const [checkout, home] = serviceOf('frontend').requestClasses;
    expect(checkout).toEqual({
      id: 'checkout',
      hourlyRate: Array(WEEK).fill(6),
      scaling: { meanRate: 6 },
      burstiness: 1.5,
    });
    expect(home).toMatchObject({
      scaling: { meanRate: 120, peakToMean: 1.8, peakHour: 16 },
      burstiness: 1,
      calls: [],
    });
  });

  it('keeps a week written out as it is', () => {
    const hourlyRate = Array.from({ length: WEEK }, (_, hour) => hour);
    const [only] = serviceOf('frontend', {
      'services.0.requestClasses': [{ id: 'all', hourlyRate }],
    }).requestClasses;
    expect(only).toEqual({ id: 'all', hourlyRate, burstiness: 1 });
  });

  it('sorts the sizes to choose from by CPU, with a server for every core that may be used', () => {
    expect(serviceOf('frontend').performance).toEqual({
      source: 'queueing',
      sizes: [
        {
          resources: {
            cpuMillicores: 500,
            memory: 256 * MIB,
            cpuLimitMillicores: 1500,
            memoryLimit: 512 * MIB,
          },
          servers: 2,
        },
        {
          resources: { cpuMillicores: 2000, memory: 1024 * MIB, cpuLimitMillicores: 0, memoryLimit: 0 },
          servers: 4,
        },
      ],
      cpuSeconds: 0.004,
      variability: 0.5,
      idleSeconds: 0.002,
      baseMemory: 64 * MIB,
      memoryPerRequest: MIB,
    });
  });

  it('holds measurements with their source', () => {
    expect(serviceOf('cart').performance).toMatchObject({
      source: 'measured',
      resources: { cpuMillicores: 250, memory: 128 * MIB },
      rows: [
        {
          requestRate: 10,
          latency: { p50: 0.005, p99: 0.02 },
          cpuCores: 0.06,
          memory: 70 * MIB,
          failedShare: 0,
        },
        {
          requestRate: 40,
          latency: { p99: 0.06 },
          cpuCores: 0.22,
          memory: 90 * MIB,
          failedShare: 0.005,
        },
      ],
      provenance: { evidence: 'measured', source: 'Locust run 7', date: '2026-03-02' },
    });
  });

  it('reads a service apart from itself as one pod per node, and an unlimited skew', () => {
    expect(serviceOf('search')).toMatchObject({
      performance: { source: 'fixed', replicas: 3, ratePerReplica: 50 },
      scheduling: { maxPerNode: 1, apartFrom: ['cart'], zoneSkew: Infinity },
    });
  });

  it('has the documented defaults where it says nothing', () => {
    expect(serviceOf('cart')).toMatchObject({
      team: '',
      namespace: 'shop',
      pools: [],
      maxSpotShare: 1,
      image: '',
      port: 0,
      command: [],
      args: [],
      environment: {},
      requestClasses: [],
      calls: [],
      slo: { limits: [], availability: 0.99, tolerates: 'correlation-group' },
      replicas: { min: 1, max: Infinity },
      scheduling: {
        architectures: ['amd64'],
        nodeSelector: {},
        tolerations: [],
        maxPerNode: Infinity,
        apartFrom: [],
        zoneSkew: 1,
        priority: 0,
      },
      startup: 30,
      terminationGrace: 30,
    });
  });
});

describe('a mix of instance types', () => {
  it('is kept apart from pools of one type', () => {
    const problem = problemOf(serviceDocument());
    expect(problem.pools.map(({ id }) => id)).toEqual(['memory']);
    expect(problem.mixes).toEqual([
      {
        id: 'general',
        path: 'pools[0]',
        provider: 'aws',
        region: 'us-east-1',
        zones: ['us-east-1a', 'us-east-1b'],
        capacityTypes: ['on-demand', 'spot'],
        maxNodes: 40,
        labels: { tier: 'apps' },
        taints: [{ key: 'dedicated', value: 'apps', effect: 'NoSchedule' }],
        daemonsets: { cpuMillicores: 150, memory: 300 * MIB, pods: 4 },
        instanceTypes: {
          names: ['c7i.*', 'm7g.*', 'm7i.*'],
          except: ['*.metal*'],
          architectures: ['amd64', 'arm64'],
          vcpus: { min: 2, max: 16 },
          memory: { min: 4 * 1024 * MIB, max: 64 * 1024 * MIB },
          accelerators: false,
        },
      },
    ]);
  });

  it('of everything is an empty selector: all amd64 types without accelerators', () => {
    const [mix] = problemOf(brokenServices({ 'pools.0.instanceTypes': {}, 'pools.0.daemonsets': {} })).mixes;
    expect(mix?.instanceTypes).toEqual({
      names: [],
      except: [],
      architectures: ['amd64'],
      vcpus: { min: 0, max: Infinity },
      memory: { min: 0, max: Infinity },
      accelerators: false,
    });
    expect(mix).not.toHaveProperty('daemonsets');
  });
});

describe('the normal form of services', () => {
  const withoutPaths = (document: ProblemDocument): unknown =>
    JSON.parse(JSON.stringify(problemOf(document), (key, value: unknown) => (key === 'path' ? '' : value)));

  it('is its own normal form, and the same problem', () => {
    const normal = normalizeDocument(serviceDocument());
    expect(normalizeDocument(normal)).toEqual(normal);
    expect(withoutPaths(normal)).toEqual(withoutPaths(serviceDocument()));
  });

  it('does not depend on the order of writing, nor on the units', () => {
    const document = serviceDocument();
    document.services?.reverse();
    document.services?.forEach((service) => {
      service.requestClasses?.reverse();
      service.calls?.reverse();
      service.performance.queueing?.sizes.reverse();
      service.scheduling?.architectures?.reverse();
      service.scheduling?.apartFrom?.reverse();
    });
    document.pools[0]?.instanceTypes?.names?.reverse();
    Object.assign(document.services?.[2]?.requestClasses?.[0] ?? {}, { meanRate: '6/s' });
    Object.assign(document.services?.[2]?.performance.queueing ?? {}, { baseMemory: '65536Ki' });
    expect(JSON.stringify(normalizeDocument(document))).toBe(
      JSON.stringify(normalizeDocument(serviceDocument())),
    );
  });

  it('keeps a class that calls nothing apart from one that says nothing', () => {
    const silent = brokenServices({ 'services.0.requestClasses.0.calls': undefined }) as ProblemDocument;
    expect(normalizeDocument(silent)).not.toEqual(normalizeDocument(serviceDocument()));
  });
});
