import { describe, expect, it } from 'vitest';
import { loadStack } from './load-stack.ts';
import { resolveStack } from './resolve-problem.ts';
import { quietHost } from './testing/host.ts';
import { validateStack } from './validate.ts';

const SHOP = 'examples/shop/problem.yaml';
const host = quietHost();

async function resolvedShop() {
  const stack = await loadStack(SHOP, host);
  if (!stack.ok) throw new Error(JSON.stringify(stack.diagnostics));
  const resolved = await resolveStack(stack.value, {}, host);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.diagnostics));
  return resolved;
}

describe('resolving a stack of services', () => {
  it('makes the declared changes to the rates of classes, once', async () => {
    const { value } = await resolvedShop();
    const frontend = value.problem.services.find(({ id }) => id === 'frontend');
    const browse = frontend?.requestClasses.find(({ id }) => id === 'browse');
    expect(browse).not.toHaveProperty('scaling');
    expect(browse?.hourlyRate).toHaveLength(168);
    // 120/s × (1 + 0.8·cos(2π·(hour − 16)/24)): peak 216 at 16 h, the mean six hours later, 24 at 4 h.
    expect([16, 22, 28, 160].map((hour) => browse?.hourlyRate[hour])).toEqual([216, 120, 24, 216]);
  });

  it('puts a pool in the place of every instance type, each with offerings', async () => {
    const { value, diagnostics } = await resolvedShop();
    const pools = value.problem.pools.map(({ id }) => id);
    expect(pools).toContain('general-m7g-xlarge');
    expect(pools).toEqual([...pools].sort());
    expect(new Set(value.offerings.map(({ pool }) => pool))).toEqual(new Set(pools));
    expect(value.problem.mixes).toHaveLength(1);
    const ofCatalog = diagnostics.filter(({ code }) => code.startsWith('catalog-'));
    expect(ofCatalog.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'catalog-mix pools[0]',
      'catalog-estimated-price pools[0]',
      'catalog-price-old pools[0]',
    ]);
  });

  it('counts what is declared, not what it becomes', async () => {
    const valid = await validateStack(SHOP, host);
    expect(valid.ok && valid.value).toMatchObject({ stack: 'shop', workloads: 0, services: 4, pools: 1 });
  });
});
