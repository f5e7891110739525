import { Construct } from 'constructs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeDocument, parseProblem } from '../model/index.ts';
import {
  Budget,
  Fleet,
  HardwarePool,
  LlmService,
  Policy,
  Slo,
  Traffic,
  Waiver,
  compileFleet,
  constructPathOf,
} from './index.ts';
import type { CompiledFleet, HardwarePoolProps, LlmServiceProps } from './index.ts';

const POOL: HardwarePoolProps = {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a'],
  instanceType: 'g6e.12xlarge',
};
const SERVICE: LlmServiceProps = {
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  traffic: Traffic.profile('azure-llm-2023-conversation', { meanRate: '12/s' }),
  slo: new Slo({ ttft: { p99: '1.5s' } }),
};

function compiled(fleet: Fleet): CompiledFleet {
  const outcome = compileFleet(fleet);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}

function problemsOf(fleet: Fleet): readonly [string, string][] {
  return compileFleet(fleet).diagnostics.map(({ code, path }) => [code, path]);
}

/** A composite as users write them: one pool per zone. */
class ZonalPools extends Construct {
  readonly pools: readonly HardwarePool[];

  constructor(scope: Construct, id: string, zones: readonly string[]) {
    super(scope, id);
    this.pools = zones.map(
      (zone) => new HardwarePool(this, zone, { ...POOL, zones: [zone], id: `${id}-${zone}` }),
    );
  }
}

describe('compiling a fleet', () => {
  it('keeps records of spot capacity as they are declared', () => {
    const spot = { availability: ['./traces.csv.gz'], map: { 'us-east-1a': 'l40s/us-east-1a' } };
    expect(compiled(new Fleet('demo', { spot })).document.spot).toEqual(spot);
    expect(compiled(new Fleet('demo')).document).not.toHaveProperty('spot');
  });

  it('gives a valid document with every kind of declaration', () => {
    const fleet = new Fleet('demo', { seed: 7, catalog: { files: ['ours.yaml'] } });
    const pool = new HardwarePool(fleet, 'l40s', POOL);
    new LlmService(fleet, 'chat', { ...SERVICE, pools: [pool, 'l40s'].slice(0, 1), team: 'assistants' });
    new Budget(fleet, 'monthly', { limit: '9000 USD/month', team: 'assistants' });
    new Policy(fleet, 'costs', { pack: 'cost-guardrails', levels: { idle: 'mandatory' } });
    new Waiver(fleet, 'w', { rule: 'idle', owner: 'me', reason: 'trial', expires: '2027-01-31' });
    const { document } = compiled(fleet);
    expect(document).toEqual({
      apiVersion: 'plimsoll.dev/v1alpha1',
      name: 'demo',
      seed: 7,
      catalog: { files: ['ours.yaml'] },
      pools: [{ id: 'l40s', ...POOL }],
      workloads: [
        {
          kind: 'llm',
          id: 'chat',
          model: 'meta-llama/Llama-3.1-8B-Instruct',
          traffic: { profile: 'azure-llm-2023-conversation', meanRate: '12/s' },
          slo: { ttft: { p99: '1.5s' } },
          pools: ['l40s'],
          team: 'assistants',
        },
      ],
      budgets: [{ id: 'monthly', limit: '9000 USD/month', team: 'assistants' }],
      policies: [{ id: 'costs', pack: 'cost-guardrails', levels: { idle: 'mandatory' } }],
      waivers: [{ rule: 'idle', owner: 'me', reason: 'trial', expires: '2027-01-31' }],
    });
    expect(parseProblem(document)).toMatchObject({ ok: true, diagnostics: [] });
  });

  it('hands aims, serving modes and KV precisions on as they were declared', () => {
    const limits = { costPerMillionTokens: '2 USD/Mtoken', energyPerOutputToken: '3 J/token' } as const;
    const fleet = new Fleet('demo', { objective: 'energy', limits, confidence: '90%' });
    new HardwarePool(fleet, 'l40s', POOL);
    const own = { objective: 'latency', serving: 'any', kvPrecisions: ['fp8'], confidence: '95%' } as const;
    new LlmService(fleet, 'chat', { ...SERVICE, ...own, limits: { latency: '20s' } });
    const { document } = compiled(fleet);
    expect(document).toMatchObject({ objective: 'energy', limits, confidence: '90%' });
    expect(document.workloads[0]).toMatchObject({ ...own, limits: { latency: '20s' } });
    expect(parseProblem(document)).toMatchObject({ ok: true, diagnostics: [] });
  });

  it('does not depend on the order of declarations', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const fleetOf = (order: readonly string[]) => {
      const fleet = new Fleet('demo');
      const group = new Construct(fleet, 'group');
      for (const id of order) new HardwarePool(id < 'c' ? group : fleet, id, POOL);
      for (const id of order) new LlmService(id < 'd' ? fleet : group, id, SERVICE);
      return JSON.stringify([compiled(fleet).document, [...compiled(fleet).paths]]);
    };
    const expected = fleetOf(ids);
    fc.assert(
      fc.property(fc.shuffledSubarray(ids, { minLength: ids.length }), (order) => {
        expect(fleetOf(order)).toBe(expected);
      }),
    );
  });

  it('accepts groups at any depth and takes ids from the nodes unless an id prop says otherwise', () => {
    const fleet = new Fleet('demo');
    const region = new Construct(new Construct(fleet, 'aws'), 'us-east-1');
    const { pools } = new ZonalPools(region, 'l40s', ['a', 'b']);
    new LlmService(new Construct(region, 'services'), 'chat', { ...SERVICE, pools });
    const { document, paths } = compiled(fleet);
    expect(document.pools.map(({ id }) => id)).toEqual(['l40s-a', 'l40s-b']);
    expect(document.workloads[0]?.pools).toEqual(['l40s-a', 'l40s-b']);
    expect(paths.get('pools[1]')).toBe('aws/us-east-1/l40s/b');
    expect(paths.get('workloads[0]')).toBe('aws/us-east-1/services/chat');
  });

  it('accepts subclasses of declarations and of the fleet', () => {
    class Spot extends HardwarePool {
      constructor(scope: Construct, id: string) {
        super(scope, id, { ...POOL, capacityTypes: ['spot'] });
      }
    }
    class Ours extends Fleet {
      constructor() {
        super('ours');
        new Spot(this, 'spot');
      }
    }
    expect(compiled(new Ours()).document.pools).toEqual([{ id: 'spot', ...POOL, capacityTypes: ['spot'] }]);
  });

  it('leaves out props that are undefined and copies those that are not', () => {
    const fleet = new Fleet('demo');
    const zones = ['us-east-1a'];
    new HardwarePool(fleet, 'a', JSON.parse('{}') as HardwarePoolProps);
    new HardwarePool(fleet, 'b', { ...POOL, zones, ...({ maxNodes: undefined } as object) });
    const { document } = compiled(fleet);
    zones.push('changed later');
    expect(document.pools).toEqual([{ id: 'a' }, { id: 'b', ...POOL }]);
    expect(Object.keys(document.pools[1] ?? {})).not.toContain('maxNodes');
  });
});

describe('errors of a tree', () => {
  it('name both constructs that share an id and propose another', () => {
    const fleet = new Fleet('demo');
    new HardwarePool(new Construct(fleet, 'west'), 'l40s', POOL);
    new HardwarePool(new Construct(fleet, 'east'), 'l40s', POOL);
    const [found] = compileFleet(fleet).diagnostics;
    expect(found).toMatchObject({ code: 'model-duplicate-id', path: 'west/l40s' });
    expect(found?.detail).toContain('east/l40s');
    expect(found?.fix).toContain('"west-l40s"');
  });

  it('report siblings of one name instead of throwing while the stack runs', () => {
    const fleet = new Fleet('demo');
    new HardwarePool(fleet, 'l40s', POOL);
    new HardwarePool(fleet, 'l40s', POOL);
    new LlmService(fleet, 'chat', SERVICE);
    expect(problemsOf(fleet)).toEqual([['model-duplicate-id', 'l40s~2']]);
  });

  it('let a pool and a service share an id', () => {
    const fleet = new Fleet('demo');
    new HardwarePool(fleet, 'chat', POOL);
    new LlmService(new Construct(fleet, 'services'), 'chat', SERVICE);
    expect(compileFleet(fleet).ok).toBe(true);
  });

  it('find declarations under declarations, and pools of another fleet', () => {
    const fleet = new Fleet('demo');
    const other = new HardwarePool(new Fleet('other'), 'h100', POOL);
    const pool = new HardwarePool(fleet, 'l40s', POOL);
    new LlmService(new Construct(pool, 'group'), 'chat', { ...SERVICE, pools: [other] });
    expect(problemsOf(fleet)).toContainEqual(['stack-misplaced', 'l40s/group/chat']);
    expect(problemsOf(fleet)).toContainEqual(['stack-misplaced', 'l40s/group/chat: pools']);
  });

  it("collect what users' own validations say, and validations that throw", () => {
    const fleet = new Fleet('demo');
    const pool = new HardwarePool(fleet, 'l40s', POOL);
    new LlmService(fleet, 'chat', SERVICE);
    pool.node.addValidation({ validate: () => ['zones must be ours', 'and even'] });
    fleet.node.addValidation({
      validate: () => {
        throw new Error('lost');
      },
    });
    const found = compileFleet(fleet).diagnostics;
    expect(found.map(({ code, path, summary }) => [code, path, summary])).toEqual([
      ['stack-validation-failed', '', 'A validation threw: lost'],
      ['stack-validation-failed', 'l40s', 'zones must be ours'],
      ['stack-validation-failed', 'l40s', 'and even'],
    ]);
  });

  it('are reported together with the errors of the document, by construct path', () => {
    const fleet = new Fleet('demo');
    new HardwarePool(fleet, 'l40s', POOL);
    new HardwarePool(fleet, 'l40s', POOL);
    new LlmService(fleet, 'chat', { ...SERVICE, slo: { ttft: { p50: '2s', p99: '1s' } }, pools: ['l40'] });
    expect(problemsOf(fleet)).toEqual([
      ['model-unknown-reference', 'chat: pools[0]'],
      ['model-slo-impossible', 'chat: slo.ttft.p99'],
      ['model-duplicate-id', 'l40s~2'],
    ]);
  });
});

describe('construct paths', () => {
  it('replace the object of a document path and keep the rest', () => {
    const paths = new Map([['workloads[0]', 'aws/chat']]);
    expect(constructPathOf('workloads[0].slo.ttft', paths)).toBe('aws/chat: slo.ttft');
    expect(constructPathOf('workloads[0]', paths)).toBe('aws/chat');
    expect(constructPathOf('name', paths)).toBe('name');
  });
});

describe('a fleet', () => {
  it('is recognised across copies of the package, and nothing else is', () => {
    const foreign: unknown = Object.create({ [Symbol.for('plimsoll.fleet')]: true });
    expect(Fleet.isFleet(foreign)).toBe(true);
    expect(
      [null, undefined, 'fleet', {}, new Construct(undefined as unknown as Construct, '')].map((value) =>
        Fleet.isFleet(value),
      ),
    ).not.toContain(true);
  });

  it('gives one normal form for one problem', () => {
    const fleet = new Fleet('demo');
    new HardwarePool(fleet, 'l40s', POOL);
    new LlmService(fleet, 'chat', SERVICE);
    const normal = normalizeDocument(compiled(fleet).document);
    expect(normal.workloads[0]?.namespace).toBe('demo');
    expect(normal).not.toHaveProperty('budgets');
  });
});
