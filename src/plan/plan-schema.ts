import { PLAN_FORMAT_VERSION } from '../model/index.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const count: Schema = { type: 'integer', minimum: 0 };
const flag: Schema = { type: 'boolean' };
const hash: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const money: Schema = { type: 'integer', description: 'micro-dollars (1 USD = 1,000,000)' };
const capacityType: Schema = { enum: ['on-demand', 'spot', 'reserved', 'owned'] };

const list = (items: Schema, description?: string): Schema => ({
  type: 'array',
  items,
  ...(description === undefined ? {} : { description }),
});
const table = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
/** An object whose listed fields are all required unless named optional; unknown fields are allowed (a later minor version may add them). */
const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const provenance = object(
  { evidence: { enum: ['measured', 'fitted', 'published', 'assumed'] }, source: text, date: text },
  ['date'],
);
const estimate = object({ value: number, low: number, high: number });
const latency = object({ mean: estimate, p50: estimate, p90: estimate, p95: estimate, p99: estimate });
const loadEvidence = object({
  requestRate: number,
  requests: count,
  latency: object({ ttft: latency, tpot: latency, e2e: latency }),
  goodputShare: number,
  outputTokensPerSecond: number,
  busyShare: number,
  meanBatch: number,
  peakKvShare: number,
  preemptions: count,
  isStationary: flag,
});
const candidate = object(
  {
    id: text,
    workload: text,
    pool: text,
    instanceType: text,
    accelerator: text,
    engine: text,
    engineVersion: text,
    role: { enum: ['aggregated', 'prefill', 'decode'] },
    parallelism: object(
      {
        tensorParallel: count,
        pipelineParallel: count,
        dataParallel: count,
        expertParallel: count,
        contextParallel: count,
        feedForwardParallel: count,
      },
      ['feedForwardParallel'],
    ),
    weightPrecision: text,
    kvPrecision: text,
    batch: object({ maxBatchedTokens: count, maxSequences: count }),
    maxModelLength: count,
    podGroup: object({
      nodes: count,
      acceleratorsPerNode: count,
      cpuMillicores: count,
      memory: number,
      sharedMemory: number,
    }),
    stages: list(object({ pool: text, instanceType: text, accelerator: text, layers: count })),
    notExecutable: text,
  },
  ['stages', 'notExecutable'],
);
const evaluated = object({
  candidate,
  memory: { type: 'object' },
  capacity: object({ rate: estimate, limitedBy: text, evidence: loadEvidence }),
  power: number,
  energyPerOutputToken: number,
  startup: number,
  listCostPerHour: number,
  evidence: text,
  modelError: number,
});
const rejection = object({ candidate: text, workload: text, pool: text, reason: text, detail: text });
const window = object({ id: text, hours: list(count), peakRate: table(number) });
const allocation = object({
  id: text,
  workload: text,
  candidate,
  pool: text,
  instanceType: text,
  capacityType,
  tier: { enum: ['base', 'surge'] },
  replicas: table(table(count)),
  plannedRatePerReplica: number,
});
const nodeAllocation = object(
  {
    offering: text,
    pool: text,
    zone: text,
    instanceType: text,
    capacityType,
    nodes: table(count),
    changes: object({ startsPerWeek: count, hoursPerMonth: number }),
  },
  ['changes'],
);
const merits = object({
  costPerMillionTokens: money,
  throughputPerAccelerator: number,
  latency: number,
  energyPerOutputToken: number,
});
const proof = object(
  {
    enumerated: count,
    left: table(count),
    simulated: count,
    simulations: count,
    requests: count,
    bound: number,
    gap: number,
    isComplete: flag,
  },
  ['bound', 'gap'],
);
const confidence = object(
  {
    level: number,
    factors: object({ ttft: number, tpot: number, e2e: number }),
    costWithout: money,
    extraCost: money,
  },
  ['costWithout', 'extraCost'],
);
const availability = object(
  {
    workload: text,
    target: number,
    achieved: number,
    scenarios: list(object({ failed: text, probability: number, remainingRate: number, meetsDemand: flag })),
    replayedAvailability: object({ share: number, hours: number, traces: list(text), narrow: list(text) }),
  },
  ['replayedAvailability'],
);
const workloadDecision = object(
  {
    workload: text,
    chosen: list(evaluated),
    runnerUp: object({ candidate: text, perMonth: money }),
    pareto: list(evaluated),
    rejected: list(rejection),
    counts: object({ enumerated: count, simulated: count, simulations: count }),
    operatingPoint: loadEvidence,
    availability,
    replay: loadEvidence,
    merits,
    proof,
    confidence,
  },
  ['runnerUp', 'replay', 'merits', 'proof', 'confidence'],
);
const serviceEvidence = object({
  requestRate: number,
  utilisation: number,
  latency: object({ p50: number, p90: number, p95: number, p99: number }, ['p50', 'p90', 'p95', 'p99']),
  provenance,
});
const shape = object(
  {
    id: text,
    workload: text,
    resources: object({
      cpuMillicores: number,
      memory: number,
      cpuLimitMillicores: number,
      memoryLimit: number,
    }),
    servers: count,
    ratePerReplica: { ...number, description: 'absent where it is never the limit' },
    evidence: serviceEvidence,
    startup: number,
  },
  ['ratePerReplica', 'evidence'],
);
const serviceDecision = object(
  {
    workload: text,
    shape,
    load: table(object({ requestRate: number, needed: count, planned: count })),
    response: serviceEvidence,
    availability,
    alternatives: list(object({ shape: text, extraPerMonth: money })),
  },
  ['response'],
);
const serviceAllocation = object({
  id: text,
  workload: text,
  shape,
  pool: text,
  instanceType: text,
  capacityType,
  tier: { enum: ['base', 'surge'] },
  replicas: table(table(count)),
});
const packedNodes = object({ offering: text, window: text, nodes: count, pods: table(count) });
const replanCounts = { kept: count, added: count, removed: count };
const replan = object(
  {
    isFromScratch: flag,
    reason: text,
    windows: list(
      object({
        window: text,
        pods: object({ ...replanCounts, moved: count }),
        nodes: object(replanCounts),
        mostMovedOfOne: count,
        movedMemory: number,
        liveTraffic: number,
        restartSeconds: number,
      }),
    ),
    changed: list(text),
    moveCost: number,
    looseness: number,
  },
  ['reason'],
);
const decision = object(
  {
    status: { enum: ['optimal', 'feasible-with-gap', 'heuristic', 'infeasible'] },
    solver: text,
    objectivePerMonth: money,
    boundPerMonth: money,
    gap: number,
    windows: list(window),
    allocations: list(allocation),
    nodes: list(nodeAllocation),
    workloads: list(workloadDecision),
    services: list(serviceDecision),
    serviceAllocations: list(serviceAllocation),
    packing: list(packedNodes, 'nodes of one offering that hold the same pods of services in one window'),
    replan,
    checks: list(
      object({ constraint: text, holds: flag, used: number, limit: number, unit: text }),
      'every constraint recomputed from the answer',
    ),
    constraintPrices: list(object({ constraint: text, description: text, perMonth: money })),
    bindingConstraints: list(
      object({ constraint: text, description: text, relaxation: { type: 'object' } }, ['relaxation']),
    ),
  },
  ['services', 'serviceAllocations', 'packing', 'replan'],
);
const lineItem = object({
  id: text,
  workload: text,
  team: text,
  pool: text,
  provider: text,
  region: text,
  zone: text,
  instanceType: text,
  capacityType,
  nodeHours: number,
  listUnitPrice: money,
  unitPrice: money,
  listCost: money,
  effectiveCost: money,
  priceProvenance: provenance,
});
const cost = object(
  {
    lineItems: list(lineItem),
    totalPerMonth: money,
    listPerMonth: money,
    workloads: list(
      object({
        workload: text,
        team: text,
        perMonth: money,
        perThousandRequests: money,
        perMillionTokens: money,
        requestsPerMonth: number,
        tokensPerMonth: number,
      }),
    ),
    spotForecast: object({
      planned: money,
      p10: money,
      p50: money,
      p90: money,
      withoutHistory: money,
      sources: list(text),
      dates: object({ oldest: text, newest: text }),
    }),
  },
  ['spotForecast'],
);
const verdict = object(
  {
    rule: text,
    pack: text,
    level: { enum: ['advisory', 'mandatory', 'remediate'] },
    title: text,
    subject: text,
    outcome: { enum: ['pass', 'violation', 'waived', 'remediated'] },
    message: text,
    remediation: text,
    reference: text,
    waiver: { type: 'object' },
  },
  ['waiver'],
);
const serviceTraffic = object({
  workload: text,
  meanRate: number,
  peakRate: number,
  classes: list(object({ id: text, meanRate: number, peakRate: number, burstiness: number })),
});
const lengths = object({ mean: number, p50: number, p99: number });

/** JSON Schema of the plan file; published in the package as `schemas/plan.schema.json`. */
export const PLAN_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: `https://plimsoll.dev/schemas/plan-${PLAN_FORMAT_VERSION}.json`,
  title: 'Plimsoll plan',
  description:
    'A reviewable plan. Readers accept every minor version of a known major version; minor versions only add optional fields.',
  ...object(
    {
      formatVersion: { type: 'string', pattern: '^\\d+\\.\\d+$' },
      stack: text,
      applicable: flag,
      inputs: object({
        toolVersion: text,
        stackFile: text,
        seed: { type: 'integer' },
        flags: table(text),
        hashes: object({
          problem: hash,
          catalog: hash,
          prices: hash,
          coefficients: hash,
          traffic: hash,
          policies: hash,
        }),
        priceDates: object({ oldest: text, newest: text }),
      }),
      problem: { type: 'object' },
      offerings: list(
        object({ id: text, pool: text, zone: text, capacityType, price: money, listPrice: money }),
      ),
      traffic: list(
        object({
          workload: text,
          profile: text,
          source: text,
          meanRate: number,
          peakRate: number,
          burstiness: number,
          prefixHitRate: number,
          isl: lengths,
          osl: lengths,
        }),
      ),
      serviceTraffic: list(serviceTraffic),
      decision,
      cost,
      policy: object({ verdicts: list(verdict), passes: flag, rulesEvaluated: count }),
      objects: list(
        object({ path: text, apiVersion: text, kind: text, namespace: text, name: text, sha256: hash }),
      ),
      assumptions: list(object({ subject: text, statement: text, evidence: text })),
    },
    ['serviceTraffic'],
  ),
};
