import { describe, expect, it } from 'vitest';
import type { Offering } from '../../model/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { matchTraces } from './match-traces.ts';

function offering(zone: string, type = 'p3.16xlarge', pool = 'v100'): Offering {
  return {
    id: `${pool}/${zone}/spot`,
    pool,
    zone,
    instanceType: { name: type, accelerator: { name: 'v100-sxm2', count: 8 } },
    accelerator: { name: 'v100-sxm2', aliases: ['v100'] },
  } as unknown as Offering;
}

function trace(campaign: string, zone: string, instanceType: string): AvailabilityTrace {
  return { id: `${campaign}/${zone}_${instanceType}`, zone, instanceType } as unknown as AvailabilityTrace;
}

const TRACES = [trace('c1', 'z1', 'v100_8'), trace('c1', 'z2', 'v100_8'), trace('c2', 'z2', 'v100_8')];

describe('traces of spot offerings', () => {
  it('are found by zone and accelerators, or by zone and instance type', () => {
    const byAccelerator = matchTraces([offering('z1')], TRACES, []);
    expect(byAccelerator.ok && byAccelerator.value.get('v100/z1/spot')?.id).toBe('c1/z1_v100_8');
    const named = trace('c1', 'z9', 'p3.16xlarge');
    const byName = matchTraces([offering('z9')], [named], []);
    expect(byName.ok && byName.value.get('v100/z9/spot')).toBe(named);
  });

  it('are those that the user maps, by id or by a zone of one trace', () => {
    const mapped = matchTraces([offering('x')], TRACES, [{ trace: 'z1', offering: 'v100/x' }]);
    expect(mapped.ok && mapped.value.get('v100/x/spot')?.id).toBe('c1/z1_v100_8');
    const byId = matchTraces([offering('x')], TRACES, [{ trace: 'c2/z2_v100_8', offering: 'v100/x/spot' }]);
    expect(byId.ok && byId.value.get('v100/x/spot')?.id).toBe('c2/z2_v100_8');
  });

  it('that are missing or several are problems, all told at once', () => {
    const { ok, diagnostics } = matchTraces([offering('z2'), offering('x')], TRACES, []);
    expect(ok).toBe(false);
    expect(diagnostics.map(({ code, path }) => [code, path])).toEqual([
      ['spot-trace-unmatched', 'v100/z2/spot'],
      ['spot-trace-unmatched', 'v100/x/spot'],
    ]);
  });

  it('cannot be mapped by unknown or doubtful names', () => {
    const { diagnostics } = matchTraces([offering('z1')], TRACES, [
      { trace: 'z7', offering: 'v100/z1' },
      { trace: 'z2', offering: 'v100/z1' },
      { trace: 'z1', offering: 'v100/z3' },
    ]);
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'spot-map-unknown',
      'spot-map-unknown',
      'spot-map-unknown',
    ]);
  });
});
