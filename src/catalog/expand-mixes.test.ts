import { describe, expect, it } from 'vitest';
import { NO_ADDITIONS } from '../model/index.ts';
import type { HardwarePool, InstanceMix, InstanceSelector, Problem } from '../model/index.ts';
import { usdPerHour } from '../units/index.ts';
import { expandMixes, mergeCatalog, mixPoolId, resolveOfferings, shippedCatalog } from './index.ts';

const catalog = shippedCatalog();
const GIB = 2 ** 30;

const ALL: InstanceSelector = {
  names: [],
  except: [],
  architectures: ['amd64'],
  vcpus: { min: 0, max: Infinity },
  memory: { min: 0, max: Infinity },
  accelerators: false,
};

function mixOf(selector: Partial<InstanceSelector>, facts: Partial<InstanceMix> = {}): InstanceMix {
  return {
    id: 'general',
    path: 'prod/general',
    provider: 'aws',
    region: 'us-east-1',
    zones: ['us-east-1a', 'us-east-1b'],
    capacityTypes: ['on-demand'],
    maxNodes: 20,
    labels: { tier: 'apps' },
    taints: [],
    daemonsets: { cpuMillicores: 150, memory: GIB as never, pods: 4 },
    ...facts,
    instanceTypes: { ...ALL, ...selector },
  };
}

function problemOf(mixes: readonly InstanceMix[], facts: Partial<Problem> = {}): Problem {
  return {
    name: 'test',
    seed: 1,
    objective: 'cost',
    limits: {},
    pools: [],
    mixes,
    workloads: [],
    services: [],
    budgets: [],
    policies: [],
    waivers: [],
    catalog: NO_ADDITIONS,
    ...facts,
  };
}

function expanded(mix: InstanceMix, facts: Partial<Problem> = {}): Problem {
  const outcome = expandMixes(problemOf([mix], facts), catalog);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}

const typesOf = (problem: Problem) => problem.pools.map((pool) => pool.instanceType);
const codes = (mix: InstanceMix) =>
  expandMixes(problemOf([mix]), catalog).diagnostics.map(({ code }) => code);

describe('a mix of instance types', () => {
  it('becomes one pool per type that carries everything the mix says', () => {
    const { pools, mixes } = expanded(mixOf({ names: ['c7i.*'], vcpus: { min: 2, max: 4 } }));
    expect(pools.map(({ id }) => id)).toEqual(['general-c7i-large', 'general-c7i-xlarge']);
    expect(pools[0]).toEqual({
      id: 'general-c7i-large',
      path: 'prod/general',
      provider: 'aws',
      region: 'us-east-1',
      zones: ['us-east-1a', 'us-east-1b'],
      instanceType: 'c7i.large',
      capacityTypes: ['on-demand'],
      maxNodes: 20,
      prices: {},
      labels: { tier: 'apps' },
      taints: [],
      daemonsets: { cpuMillicores: 150, memory: GIB, pods: 4 },
      mix: 'general',
    });
    expect(mixes.map(({ id }) => id)).toEqual(['general']);
  });

  it('takes exactly the types that meet every condition', () => {
    const selector: InstanceSelector = {
      names: ['m*', 'c7*'],
      except: ['*.metal*', 'm5*'],
      architectures: ['amd64', 'arm64'],
      vcpus: { min: 4, max: 16 },
      memory: { min: 8 * GIB, max: 32 * GIB },
      accelerators: false,
    };
    const expectedTypes = catalog.instanceTypes
      .filter(({ provider, name, vcpus, memory, accelerator }) => {
        const isNamed = (name.startsWith('m') || name.startsWith('c7')) && !name.startsWith('m5');
        const isSized = vcpus >= 4 && vcpus <= 16 && memory >= 8 * GIB && memory <= 32 * GIB;
        return (
          provider === 'aws' && isNamed && !name.includes('.metal') && isSized && accelerator === undefined
        );
      })
      .map(({ name }) => name)
      .filter((name) =>
        catalog.prices.some((price) => price.instanceType === name && price.region === 'us-east-1'),
      );
    expect(expectedTypes.length).toBeGreaterThan(50);
    expect(typesOf(expanded(mixOf(selector))).sort()).toEqual(expectedTypes.sort());
  });

  it('is amd64 alone unless it says otherwise, and has Graviton when asked for', () => {
    const isArm = (name: string) =>
      catalog.instanceTypes.some((t) => t.name === name && t.cpuArchitecture === 'arm64');
    const amd = typesOf(expanded(mixOf({})));
    const arm = typesOf(expanded(mixOf({ architectures: ['arm64'] })));
    expect(amd.some(isArm)).toBe(false);
    expect(arm.length).toBeGreaterThan(200);
    expect(arm.every(isArm)).toBe(true);
  });

  it('of accelerators has nothing else', () => {
    const names = typesOf(expanded(mixOf({ accelerators: true })));
    expect(names).toContain('p5.48xlarge');
    expect(names).not.toContain('c7i.large');
  });

  it('offers a type in the ways that are priced, and tells how many it left out', () => {
    const outcome = expandMixes(
      problemOf([mixOf({ names: ['c*'] }, { capacityTypes: ['on-demand', 'spot'] })]),
      catalog,
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    const { pools } = outcome.value;
    const quoted = new Set(
      catalog.prices
        .filter((price) => price.capacityType === 'spot' && price.region === 'us-east-1')
        .map((price) => price.instanceType),
    );
    for (const pool of pools)
      expect([pool.id, pool.capacityTypes.includes('spot')]).toEqual([
        pool.id,
        quoted.has(pool.instanceType),
      ]);
    const [note] = outcome.diagnostics;
    expect(outcome.diagnostics).toHaveLength(1);
    expect(note).toMatchObject({ code: 'catalog-mix', severity: 'note', path: 'prod/general' });
    const without = pools.filter((pool) => !pool.capacityTypes.includes('spot')).length;
    expect(note?.detail).toContain(`${without} of them have no spot price`);
  });

  it('gives offerings that resolve without an error, its remarks made once', () => {
    const problem = expanded(mixOf({ names: ['c7i.*', 'r7i.*'] }, { capacityTypes: ['on-demand', 'spot'] }));
    const offerings = resolveOfferings(problem, catalog);
    expect(offerings.diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'catalog-estimated-price prod/general',
      'catalog-price-old prod/general',
    ]);
    if (!offerings.ok) throw new Error();
    expect(offerings.value).toHaveLength(
      2 * problem.pools.reduce((sum, pool) => sum + pool.capacityTypes.length, 0),
    );
  });

  it('is checked for zones of another region once', () => {
    const problem = expanded(mixOf({ names: ['c7i.*'] }, { zones: ['us-west-2a'] }));
    expect(resolveOfferings(problem, catalog).diagnostics.map(({ code }) => code)).toEqual([
      'catalog-unknown-zone',
    ]);
  });

  it('stands for its pools where others name it', () => {
    const workload = { id: 'w', pools: ['general', 'own'] };
    const service = { id: 's', pools: ['general'] };
    const free = { id: 'f', pools: [] };
    const problem = expanded(mixOf({ names: ['c7i.large', 'c7i.xlarge'] }), {
      workloads: [workload] as unknown as Problem['workloads'],
      services: [service, free] as unknown as Problem['services'],
    });
    expect(problem.workloads[0]?.pools).toEqual(['general-c7i-large', 'general-c7i-xlarge', 'own']);
    expect(problem.services.map(({ pools }) => pools)).toEqual([
      ['general-c7i-large', 'general-c7i-xlarge'],
      [],
    ]);
  });

  it('takes types and prices that were added to the catalogue', () => {
    const [type] = catalog.instanceTypes;
    if (type === undefined) throw new Error();
    const own = { ...type, name: 'Rack_7.Large', provider: 'home' };
    const price = { provider: 'home', region: 'cellar', zone: '', instanceType: 'Rack_7.Large' };
    const merged = mergeCatalog(catalog, {
      ...NO_ADDITIONS,
      instanceTypes: [{ ...own, cpuArchitecture: 'amd64' }],
      prices: [
        {
          ...price,
          capacityType: 'on-demand',
          price: usdPerHour(1),
          isEstimate: false,
          provenance: { evidence: 'published', source: 'us' },
        },
      ],
    });
    if (!merged.ok) throw new Error(JSON.stringify(merged.diagnostics));
    const mix = mixOf({}, { provider: 'home', region: 'cellar', zones: ['a'] });
    const outcome = expandMixes(problemOf([mix]), merged.value);
    expect(outcome.ok && outcome.value.pools.map(({ id }) => id)).toEqual(['general-rack-7-large']);
  });

  it('changes nothing where no mix is declared', () => {
    const problem = problemOf([]);
    expect(expandMixes(problem, catalog)).toEqual({ ok: true, value: problem, diagnostics: [] });
  });
});

describe('a mix that cannot be had', () => {
  it('names the closest family when its names stand for nothing', () => {
    const outcome = expandMixes(problemOf([mixOf({ names: ['c7x.*'] })]), catalog);
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics[0]).toMatchObject({ code: 'catalog-empty-mix', path: 'prod/general' });
    expect(outcome.diagnostics[0]?.fix).toMatch(/Did you mean "c\d.?\.\*"/);
  });

  it('tells which condition leaves nothing', () => {
    const outcome = expandMixes(problemOf([mixOf({ names: ['m7g.*'] })]), catalog);
    expect(outcome.diagnostics[0]?.detail).toMatch(/0 of \d+ have architecture amd64/);
    const large = expandMixes(problemOf([mixOf({ vcpus: { min: 5000, max: Infinity } })]), catalog);
    expect(large.diagnostics[0]?.detail).toMatch(/0 of \d+ have 5000 or more vCPUs/);
  });

  it('names the provider that is close', () => {
    const outcome = expandMixes(problemOf([mixOf({}, { provider: 'awz' })]), catalog);
    expect(outcome.diagnostics[0]).toMatchObject({ code: 'catalog-empty-mix', fix: 'Did you mean "aws"?' });
  });

  it('is told of a region without prices', () => {
    expect(codes(mixOf({ names: ['c7i.*'] }, { region: 'eu-nowhere-1' }))).toEqual(['catalog-no-price']);
  });

  it('is warned of a name among others that stands for nothing', () => {
    const mix = mixOf({ names: ['c7i.*', 'c7ix.*'] });
    expect(codes(mix)).toEqual(['catalog-unknown-instance-type', 'catalog-mix']);
    expect(expandMixes(problemOf([mix]), catalog).ok).toBe(true);
  });

  it('is refused when a declared pool is called like one of its own', () => {
    const pool = {
      id: 'general-c7i-large',
      path: 'prod/own',
      instanceType: 'c7i.large',
    } as unknown as HardwarePool;
    const outcome = expandMixes(problemOf([mixOf({ names: ['c7i.large'] })], { pools: [pool] }), catalog);
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map(({ code, path }) => [code, path])).toContainEqual([
      'model-duplicate-id',
      'prod/general',
    ]);
  });

  it('is refused when another mix is called like one of its pools', () => {
    const mixes = [
      mixOf({ names: ['c7i.large'] }),
      mixOf({ names: ['c7i.xlarge'] }, { id: 'general-c7i-large', path: 'prod/other' }),
    ];
    const { diagnostics } = expandMixes(problemOf(mixes), catalog);
    expect(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ code, path }) => [code, path]),
    ).toEqual([['model-duplicate-id', 'prod/general']]);
  });

  it('is reported with the others', () => {
    const mixes = [
      mixOf({ names: ['nothing'] }),
      mixOf({ names: ['nobody'] }, { id: 'other', path: 'prod/other' }),
    ];
    const paths = expandMixes(problemOf(mixes), catalog).diagnostics.map(({ path }) => path);
    expect(paths).toEqual(['prod/general', 'prod/other']);
  });
});

describe('the id of a pool of a mix', () => {
  it('is a name that Kubernetes takes', () => {
    expect(mixPoolId('apps', 'c7i-flex.12xlarge')).toBe('apps-c7i-flex-12xlarge');
    expect(mixPoolId('apps', 'Standard_D2s_v5')).toBe('apps-standard-d2s-v5');
  });
});

describe('the shipped catalogue', () => {
  it('has the general, compute and memory families of AWS with what pods get of them', () => {
    const types = catalog.instanceTypes.filter(
      ({ provider, family }) => provider === 'aws' && /^[cmr]\d/.test(family),
    );
    expect(types.filter(({ cpuArchitecture }) => cpuArchitecture === 'amd64').length).toBeGreaterThanOrEqual(
      723,
    );
    expect(types.filter(({ cpuArchitecture }) => cpuArchitecture === 'arm64').length).toBeGreaterThanOrEqual(
      300,
    );
    for (const { name, allocatable, vcpus, memory } of types) {
      expect([name, allocatable.cpuMillicores > 0 && allocatable.cpuMillicores < 1000 * vcpus]).toEqual([
        name,
        true,
      ]);
      expect([name, allocatable.memory > 0 && allocatable.memory < memory]).toEqual([name, true]);
      expect([name, allocatable.pods >= 4]).toEqual([name, true]);
    }
  });
});
