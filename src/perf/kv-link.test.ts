import { describe, expect, it } from 'vitest';
import { bytesPerSecond, seconds } from '../units/index.ts';
import { kvLink } from './kv-link.ts';
import { configuration } from './testing/configurations.ts';

const HANDOVER = { handover: seconds(0.02) };

describe('kvLink', () => {
  const four = configuration({}, { tensorParallel: 4 });
  const eight = configuration({}, { tensorParallel: 8 });

  it('gives every accelerator of a replica its share of the network', () => {
    const link = kvLink(four, eight, HANDOVER);
    expect(link.sendBandwidth).toBe(4 * four.interNodeBandwidth);
    expect(link.receiveBandwidth).toBe(8 * eight.interNodeBandwidth);
    expect(link.latency).toBe(0.02);
  });

  it('moves half the bytes when the cache is fp8', () => {
    const whole = kvLink(four, four, HANDOVER).bytesPerToken;
    expect(whole).toBe(2 * four.architecture.kvElementsPerToken);
    const half = { ...four, kvPrecision: 'fp8' } as const;
    expect(kvLink(half, half, HANDOVER).bytesPerToken).toBe(whole / 2);
  });

  it('assumes a network where none is known', () => {
    const unknown = { ...four, interNodeBandwidth: bytesPerSecond(0) };
    expect(kvLink(unknown, four, HANDOVER).sendBandwidth).toBe(4 * 25e9);
  });
});
