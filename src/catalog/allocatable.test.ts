import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocatableOf } from '../model/index.ts';
import { shippedCatalog } from './index.ts';

const GIB = 2 ** 30;

describe('what Kubernetes leaves for pods', () => {
  it('is 3.92 CPUs and 13.3 GiB of e2-standard-4 on GKE (Google, "Plan node sizes")', () => {
    const left = allocatableOf('gcp', 4, 16 * GIB);
    expect(left.cpuMillicores).toBe(3920);
    expect(left.memory / GIB).toBeCloseTo(13.3, 1);
  });

  it.each([
    [1, 60],
    [2, 100],
    [4, 140],
    [8, 180],
    [16, 260],
    [32, 420],
    [64, 740],
  ])('gives up the millicores of the AKS table for %i cores: %i', (cores, reserved) => {
    expect(allocatableOf('azure', cores, 4 * cores * GIB).cpuMillicores).toBe(cores * 1000 - reserved);
  });

  it('gives up a quarter of a small AKS node and 2,250 MB of a large one, and 100 MiB threshold', () => {
    expect(allocatableOf('azure', 2, 4 * GIB).memory).toBe(3 * GIB - 100 * 2 ** 20);
    const large = allocatableOf('azure', 96, 1900 * GIB).memory;
    expect(1900 * GIB - large - 2.25e9 - 100 * 2 ** 20).toBeLessThan(2 ** 20);
  });

  it('agrees within 1 % with what Karpenter publishes for p5.48xlarge on EKS', () => {
    const published = shippedCatalog().instanceTypes.find((item) => item.name === 'p5.48xlarge');
    if (published === undefined) throw new Error();
    const computed = allocatableOf('aws', published.vcpus, published.memory);
    expect(computed.cpuMillicores).toBe(published.allocatable.cpuMillicores);
    expect(computed.memory / published.allocatable.memory).toBeCloseTo(1, 2);
  });

  it('is never more than the node has, never less than nothing, and grows with the node', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('aws', 'gcp', 'azure', 'own'),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 4000 }),
        (provider, vcpus, memoryGib) => {
          const small = allocatableOf(provider, vcpus, memoryGib * GIB);
          const large = allocatableOf(provider, vcpus + 1, (memoryGib + 1) * GIB);
          expect(small.cpuMillicores).toBeLessThan(vcpus * 1000);
          expect(small.memory).toBeLessThan(memoryGib * GIB);
          expect(small.memory).toBeGreaterThanOrEqual(0);
          expect(large.memory).toBeGreaterThan(small.memory - 1);
          expect(large.cpuMillicores).toBeGreaterThan(small.cpuMillicores);
        },
      ),
    );
  });
});
