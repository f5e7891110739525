import fc from 'fast-check';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

import type { ProblemDocument } from '../../model/index.ts';
import { loadStack } from '../load-stack.ts';
import type { LoadedStack } from '../load-stack.ts';
import { resolveStack } from '../resolve-problem.ts';
import { ROOT, quietHost } from '../testing/host.ts';
import { parseExpression } from './expression.ts';
import { varyStack, withPriceFactors } from './vary-stack.ts';
import type { VariedStack } from './vary-stack.ts';

const host = quietHost();
const CHAT = await loaded('examples/chat/problem.yaml');
const SHOP = await loaded('examples/shop/problem.yaml');
const RATES = new Map([['chat', 12]]);

async function loaded(file: string): Promise<LoadedStack> {
  const stack = await loadStack(path.join(ROOT, file), host);
  if (!stack.ok) throw new Error(`${file} does not load`);
  return stack.value;
}

function vary(stack: LoadedStack, text: string): ReturnType<typeof varyStack> {
  const parsed = parseExpression(text);
  return parsed.ok ? varyStack(stack, { name: text, assignments: parsed.value }, RATES) : parsed;
}

function varied(text: string, stack = CHAT): VariedStack {
  const outcome = vary(stack, text);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

function documentOf(text: string, stack = CHAT): ProblemDocument {
  return varied(text, stack).stack.document;
}

function problemOf(text: string, stack = CHAT): { readonly code?: string; readonly said: string } {
  const { diagnostics } = vary(stack, text);
  const [first] = diagnostics.filter((item) => item.severity === 'error');
  return { ...(first === undefined ? {} : { code: first.code }), said: `${first?.summary} ${first?.fix}` };
}

/** Paths to amounts of the chat example, short names among them. */
const AMOUNTS = [
  'pools.h100.price',
  'pools.*.spotPrice',
  'pools.h100.prices.spot',
  'pools.h100.quota',
  'workloads.chat.rate',
  'workloads.chat.traffic.peakToMean',
  'workloads.chat.slo',
  'workloads.chat.slo.ttft.p99',
  'workloads.chat.maxSpotShare',
  'budgets.monthly.limit',
  'seed',
];

describe('changes by a share', () => {
  it('by nothing leave the stack as it was loaded, with the key of the stack as declared', () => {
    const key = varied('seed=1').key;
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...AMOUNTS), { minLength: 1 }),
        fc.constantFrom('x1', '+0%', '-0%', 'x1.0'),
        (paths, change) => {
          const same = varied(paths.map((item) => `${item}=${change}`).join(', '));
          expect([same.stack === CHAT, same.key, same.prices, same.differences]).toEqual([true, key, [], []]);
        },
      ),
    );
  });

  it('of amounts keep the unit; whole numbers are rounded', () => {
    expect(documentOf('budgets.monthly.limit=-10%').budgets?.[0]?.limit).toBe('81000 USD/month');
    expect(documentOf('workloads.chat.slo=+50%').workloads[0]?.slo).toMatchObject({
      ttft: { p99: '2.25s' },
      tpot: { p99: '0.09s' },
      availability: '99.9%',
    });
    expect(documentOf('pools.h100.maxNodes=+10%').pools[1]?.maxNodes).toBe(13);
  });

  it('of a rate that the document leaves to a profile or to hours start from what these come to', () => {
    expect(
      documentOf('workloads.chat.traffic.meanRate=, workloads.chat.rate=x2').workloads[0]?.traffic,
    ).toMatchObject({
      meanRate: '24/s',
    });
  });

  it('of a service change all its request classes, and a rate is shared out to them', () => {
    const rates = (text: string) =>
      documentOf(text, SHOP)
        .services?.find((item) => item.id === 'frontend')
        ?.requestClasses?.map((item) => item.meanRate);
    expect(rates('services.frontend.rate=x2')).toEqual(['240/s', '12/s']);
    expect(rates('services.frontend.rate=252/s')).toEqual(['240/s', '12/s']);
    expect(rates('services.frontend.requestClasses.buy.rate=7/s')).toEqual(['120/s', '7/s']);
  });

  it('do not compose with what is no number, and say so', () => {
    expect(problemOf('workloads.chat.model=x2')).toMatchObject({ code: 'engine-whatif-value' });
    expect(problemOf('pools.h100.nodeStartup=x2').said).toContain('not declared');
    expect(problemOf('pools=x2').code).toBe('engine-whatif-value');
  });
});

describe('stated values', () => {
  it('take the type of their field', () => {
    expect(documentOf('pools.h100.maxNodes=3, seed=7')).toMatchObject({ seed: 7 });
    expect(documentOf('pools.h100.capacityTypes=[on-demand]').pools[1]?.capacityTypes).toEqual(['on-demand']);
    expect(documentOf('pools.h100.price=40 USD/hour').pools[1]?.prices).toEqual({
      'on-demand': '40 USD/hour',
    });
    expect(documentOf('pools.h100.labels["a.b/c"]=x').pools[1]?.labels).toEqual({ 'a.b/c': 'x' });
    expect(documentOf('tenancy.quotas=true', SHOP).tenancy?.quotas).toBe(true);
  });

  it('taken out leave the default, or the list without the item', () => {
    expect(documentOf('pools.l40s=').pools.map((pool) => pool.id)).toEqual(['a100', 'h100']);
    expect(documentOf('budgets.*=').budgets).toBeUndefined();
    expect(documentOf('pools.h100.maxNodes=').pools[1]?.maxNodes).toBeUndefined();
  });

  it('that the problem does not allow are told with the change, by the code of the problem', () => {
    expect(problemOf('pools.h100.maxNodes=-3')).toMatchObject({ code: 'model-out-of-range' });
    expect(problemOf('pools.h100.maxNodes=-3').said).toContain('pools.h100.maxNodes=-3');
    expect(problemOf('workloads.chat.slo.ttft.p99=2').code).toBe('model-wrong-unit');
    expect(problemOf('workloads.chat.maxSpotShare=x2').code).toBe('model-out-of-range');
    expect(problemOf('pools.*=').code).toBe('model-empty');
    expect(problemOf('services.frontend.rate=fast', SHOP).code).toBe('engine-whatif-value');
    expect(problemOf('pools.h100.zones=[a').code).toBe('engine-whatif-value');
  });
});

describe('wrong paths', () => {
  it.each([
    ['pools.h10.price=x2', 'h100'],
    ['pools.h100.prise=x2', 'price'],
    ['workloads.chat.rat=x2', 'rate'],
    ['workloads.chat.slo.tttf.p99=1s', 'ttft'],
    ['pool.h100.price=x2', 'pools'],
    ['budgets.montly.limit=x2', 'monthly'],
  ])('%s offer the closest name', (text, name) => {
    expect(problemOf(text)).toMatchObject({ code: 'engine-whatif-path' });
    expect(problemOf(text).said).toContain(`"${name}"`);
  });

  it.each([
    'seed.x=1',
    'pools[9].price=x2',
    'waivers.*.owner=x',
    'pools.__proto__.price=x2',
    'constructor=1',
    '__proto__.x=1',
  ])('%s are refused', (text) => {
    expect(problemOf(text).code).toBe('engine-whatif-path');
  });

  it('to what the stack itself is are refused', () => {
    for (const text of [
      'name=x',
      'calibration=[a.json]',
      'spot.availability=[]',
      'catalog.files=[a]',
      'apiVersion=2',
    ])
      expect(problemOf(text).code).toBe('engine-whatif-path');
  });

  it('to prices of capacity that is not offered say what is', () => {
    const onDemand = varied('pools.h100.capacityTypes=[on-demand]').stack;
    expect(problemOf('pools.h100.spotPrice=x2', onDemand).said).toContain('Offered: on-demand');
  });

  it('with hostile names change nothing but a document of their own', () => {
    const document = documentOf('pools.h100.labels["__proto__"]=polluted');
    expect(Object.hasOwn(document.pools[1]?.labels ?? {}, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('prices', () => {
  it('by a share change the offerings of their kind alone, list prices with on-demand ones, and say so', async () => {
    const resolved = await resolveStack(CHAT, {}, host);
    if (!resolved.ok) throw new Error('chat does not resolve');
    const changed = withPriceFactors(resolved.value, varied('pools.h100.price=-20%').prices);
    for (const [index, was] of resolved.value.offerings.entries()) {
      const is = changed.offerings[index];
      const isMeant = was.pool === 'h100' && was.capacityType === 'on-demand';
      expect(is?.price).toBe(isMeant ? Math.round(was.price * 0.8) : was.price);
      expect(is?.listPrice).toBe(was.pool === 'h100' ? Math.round(was.listPrice * 0.8) : was.listPrice);
      expect(is?.priceProvenance.source.includes('pools.h100.price=-20%')).toBe(isMeant);
    }
  });

  it('of a pool of many instance types are those of all of them', async () => {
    const resolved = await resolveStack(SHOP, {}, host);
    if (!resolved.ok) throw new Error('shop does not resolve');
    const changed = withPriceFactors(resolved.value, varied('pools.general.spotPrice=x2', SHOP).prices);
    const spot = (all: typeof changed.offerings) => all.filter((item) => item.capacityType === 'spot');
    expect(spot(changed.offerings).length).toBeGreaterThan(10);
    expect(spot(changed.offerings).map((item) => item.price)).toEqual(
      spot(resolved.value.offerings).map((item) => 2 * item.price),
    );
  });
});
