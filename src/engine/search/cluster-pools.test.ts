import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shippedCatalog } from '../../catalog/index.ts';
import { usdPerHour } from '../../units/index.ts';
import { clusterPools } from './cluster-pools.ts';
import type { ClusterPool } from './cluster-pools.ts';
import { parseCluster } from './cluster-text.ts';
import { declaredPool } from './declared-pools.ts';
import type { ClusterOptions } from './search-options.ts';

const catalog = shippedCatalog();

function poolsOf(text: string, options: ClusterOptions = {}): readonly ClusterPool[] {
  const cluster = parseCluster(text);
  if (!cluster.ok) throw new Error(cluster.expected);
  const pools = clusterPools({ cluster: cluster.value, ...options }, catalog);
  if (!pools.ok) throw new Error(pools.diagnostics.map((item) => item.code).join());
  return pools.value;
}

const nodesOf = (text: string): unknown =>
  poolsOf(text).map((pool) => [pool.id, pool.accelerators, pool.perNode, pool.instance?.name]);

describe('parseCluster', () => {
  it('reads back what was written, part by part', () => {
    const part = fc.record({
      accelerators: fc.integer({ min: 1, max: 100_000 }),
      name: fc.stringMatching(/^[a-z][a-z0-9_-]{0,11}$/),
      perNode: fc.option(fc.integer({ min: 1, max: 72 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const text = parts
          .map(
            ({ accelerators, name, perNode }) =>
              `${accelerators}x${name}${perNode === undefined ? '' : `:${perNode}`}`,
          )
          .join('+');
        const parsed = parseCluster(text);
        expect(parsed.ok && parsed.value).toEqual(
          parts.map(({ perNode, ...rest }) => ({ ...rest, ...(perNode === undefined ? {} : { perNode }) })),
        );
      }),
    );
  });

  it.each([
    '',
    '8',
    'h100',
    'x8',
    '8xh100+',
    '0xh100',
    '8xh100:0',
    '8xh100:x',
    '-1xh100',
    '1e9xh100',
    '8x h 100',
  ])('refuses "%s" and says what was expected', (text) => {
    const parsed = parseCluster(text);
    expect(parsed.ok ? parsed.value : parsed.expected).toContain('8xh100_sxm');
  });
});

describe('clusterPools', () => {
  it('takes nodes of eight where there are such, whatever the names are written with', () => {
    expect(nodesOf('64xh100_sxm')).toEqual([['h100-sxm', 64, 8, 'p5.48xlarge']]);
    expect(nodesOf('64xH100-SXM')).toEqual([['h100-sxm', 64, 8, 'p5.48xlarge']]);
    expect(nodesOf('72xgb200')).toEqual([['gb200', 72, 4, 'Standard_ND128isr_NDR_GB200_v6']]);
  });

  it('makes a node of what is left of one, and of any size asked for', () => {
    expect(nodesOf('4xh100_sxm')).toEqual([['h100-sxm', 4, 4, 'p5.48xlarge']]);
    expect(nodesOf('16xh100:2')).toEqual([['h100-sxm', 16, 2, 'p5.48xlarge']]);
    expect(nodesOf('1xl40s')).toEqual([['l40s', 1, 1, 'g6e.xlarge']]);
  });

  it('adds up equal parts and numbers unequal ones', () => {
    expect(nodesOf('8xh100+8xh100_sxm+4xl40s')).toEqual([
      ['h100-sxm', 16, 8, 'p5.48xlarge'],
      ['l40s', 4, 4, 'g6e.12xlarge'],
    ]);
    expect(poolsOf('8xh100+4xh100:4').map((pool) => pool.id)).toEqual(['h100-sxm', 'h100-sxm-2']);
  });

  it('takes the on-demand price of the instance type, per accelerator, unless it is stated', () => {
    expect(poolsOf('8xh100')[0]?.price?.perHour).toBeCloseTo(6.88, 9);
    expect(poolsOf('4xh100')[0]?.price?.perHour).toBeCloseTo(6.88, 9);
    expect(poolsOf('8xh100', { price: usdPerHour(2.5) })[0]?.price).toEqual({
      perHour: 2.5,
      source: 'stated with --price',
    });
    expect(poolsOf('8xgb300')[0]).not.toHaveProperty('price');
  });

  it('takes accelerators, node and price from an instance type', () => {
    const pools = clusterPools({ instanceType: 'p5.48xlarge', nodes: 4 }, catalog);
    expect(pools.ok && pools.value.map((pool) => [pool.id, pool.accelerators, pool.perNode])).toEqual([
      ['h100-sxm', 32, 8],
    ]);
  });

  it('tells all unknown names at once, with the closest ones', () => {
    const cluster = [
      { accelerators: 8, name: 'h100_smx' },
      { accelerators: 8, name: 'mi300z' },
    ];
    const pools = clusterPools({ cluster }, catalog);
    expect(pools.diagnostics.map((item) => [item.code, item.path, item.fix])).toEqual([
      ['catalog-unknown-accelerator', '--cluster', 'Did you mean "h100_sxm"?'],
      ['catalog-unknown-accelerator', '--cluster', 'Did you mean "mi300x"?'],
    ]);
    expect(clusterPools({ instanceType: 'm5.large' }, catalog).ok).toBe(false);
    expect(
      clusterPools({ cluster: [{ accelerators: 8, name: 'h100' }], region: 'nowhere' }, catalog).diagnostics,
    ).toMatchObject([{ code: 'catalog-no-price' }]);
  });
});

describe('declaredPool', () => {
  const only = (text: string): ClusterPool => poolsOf(text)[0]!;

  it('is the instance type at the price of the catalogue where a node is one', () => {
    const { pool, instanceType } = declaredPool(only('16xh100'), true);
    expect(instanceType).toBeUndefined();
    expect(pool).toMatchObject({ provider: 'aws', instanceType: 'p5.48xlarge', maxNodes: 2 });
    expect(pool).not.toHaveProperty('prices');
  });

  it('is a share of the instance type otherwise, at its share of the price', () => {
    const { pool, instanceType } = declaredPool(only('4xh100'), true);
    expect(pool.prices).toEqual({ 'on-demand': '27.52 USD/hour' });
    expect(instanceType).toMatchObject({ name: 'h100-sxm-x4', vcpus: 96, accelerator: { count: 4 } });
  });

  it('has a stand-in price where money does not count', () => {
    expect(declaredPool(only('8xh100'), false).pool.prices).toEqual({ 'on-demand': '8 USD/hour' });
    const { instanceType } = declaredPool(only('8xgb300'), false);
    expect(instanceType).toMatchObject({ vcpus: 128, memory: '1024GiB', network: '400GB/s' });
  });
});
