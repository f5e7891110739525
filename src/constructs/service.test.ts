import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { serviceDocument } from '../../test/fixtures/service-documents.ts';
import { normalizeDocument, parseProblem } from '../model/index.ts';
import { Budget, Fleet, HardwarePool, Service, compileFleet } from './index.ts';
import type { CompiledFleet, ServiceProps } from './index.ts';

const POOL = {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a'],
  instanceTypes: { names: ['m7i.*'] },
} as const;
const FIXED: ServiceProps = {
  performance: { fixed: { resources: { requests: { cpu: '1', memory: '1Gi' } }, replicas: 2 } },
};

function compiled(fleet: Fleet): CompiledFleet {
  const outcome = compileFleet(fleet);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}

function problemsOf(fleet: Fleet): readonly [string, string][] {
  return compileFleet(fleet).diagnostics.map(({ code, path }) => [code, path]);
}

describe('a service', () => {
  it('declares the same as its document, whatever it says', () => {
    const { pools, services, budgets } = serviceDocument();
    const fleet = new Fleet('shop');
    for (const { id, ...props } of pools) new HardwarePool(fleet, id, props);
    for (const { id, ...props } of services ?? []) new Service(fleet, id, props);
    for (const { id, ...props } of budgets ?? []) new Budget(new Construct(fleet, 'money'), id, props);
    const { document } = compiled(fleet);
    expect(parseProblem(document)).toMatchObject({ ok: true, diagnostics: [] });
    expect(JSON.stringify(normalizeDocument(document))).toBe(
      JSON.stringify(normalizeDocument(serviceDocument())),
    );
  });

  it('takes services and pools as constructs wherever ids stand', () => {
    const fleet = new Fleet('shop');
    const pool = new HardwarePool(fleet, 'general', POOL);
    const cart = new Service(fleet, 'cart', FIXED);
    const search = new Service(new Construct(fleet, 'group'), 'search', { ...FIXED, id: 'finder' });
    new Service(fleet, 'frontend', {
      ...FIXED,
      pools: [pool],
      calls: [{ service: cart, perRequest: 2 }, { service: 'finder' }],
      requestClasses: [{ id: 'home', meanRate: '1/s', calls: [{ service: search, group: 1 }] }],
      scheduling: { apartFrom: [cart, 'finder'], maxPerNode: 3 },
    });
    const { document, paths } = compiled(fleet);
    expect(document.services?.map(({ id }) => id)).toEqual(['cart', 'finder', 'frontend']);
    expect(document.services?.[2]).toMatchObject({
      pools: ['general'],
      calls: [{ service: 'cart', perRequest: 2 }, { service: 'finder' }],
      requestClasses: [{ id: 'home', meanRate: '1/s', calls: [{ service: 'finder', group: 1 }] }],
      scheduling: { apartFrom: ['cart', 'finder'], maxPerNode: 3 },
    });
    expect(paths.get('services[1]')).toBe('group/search');
    expect(parseProblem(document).ok).toBe(true);
  });

  it('is told of its problems by construct path', () => {
    const fleet = new Fleet('shop');
    new HardwarePool(fleet, 'general', POOL);
    new Service(fleet, 'cart', { ...FIXED, calls: [{ service: 'serch' }], maxSpotShare: '120%' });
    new Service(fleet, 'search', FIXED);
    new Service(new Construct(fleet, 'again'), 'search', FIXED);
    expect(problemsOf(fleet)).toEqual([
      ['model-unknown-reference', 'cart: calls[0].service'],
      ['model-out-of-range', 'cart: maxSpotShare'],
      ['model-duplicate-id', 'search'],
    ]);
  });

  it('belongs to the fleet of those that name it', () => {
    const elsewhere = new Service(new Fleet('other'), 'cart', FIXED);
    const fleet = new Fleet('shop');
    new HardwarePool(fleet, 'general', POOL);
    new Service(fleet, 'cart', FIXED);
    new Service(fleet, 'frontend', { ...FIXED, scheduling: { apartFrom: [elsewhere] } });
    expect(problemsOf(fleet)).toEqual([['stack-misplaced', 'frontend: services']]);
  });

  it('leaves documents of fleets without services as they were', () => {
    const fleet = new Fleet('shop');
    new HardwarePool(fleet, 'general', POOL);
    expect(compiled(fleet).document).not.toHaveProperty('services');
    expect(parseProblem(compiled(fleet).document).diagnostics.map(({ code }) => code)).toEqual([
      'model-empty',
    ]);
  });
});
