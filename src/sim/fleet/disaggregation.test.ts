import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EIGHT_BILLION,
  constantSteps,
  linearSteps,
  randomRequests,
  requestColumns,
} from '../../../test/support/engine-fixtures.ts';
import type { RequestColumns } from '../../model/index.ts';
import { seconds } from '../../units/index.ts';
import type { StepTimeModel } from '../step-time-model.ts';
import type { FleetOptions, FleetSimulation, FleetSimulationOptions, KvTransfer } from './fleet-options.ts';
import { simulateFleet, simulateFleetClosedLoop } from './simulate-fleet.ts';

const SETTINGS = { limits: { maxBatchedTokens: 512, maxSequences: 16 }, prefixCache: false };
const INSTANT: KvTransfer = {
  bytesPerToken: 1000,
  sendBandwidth: Infinity,
  receiveBandwidth: Infinity,
  latency: seconds(0),
};

/** Options of a fleet of prefill and decode replicas. */
function pools(
  prefill: readonly StepTimeModel[],
  decode: readonly StepTimeModel[],
  transfer: Partial<KvTransfer> = {},
): FleetOptions {
  return {
    pools: [
      { name: 'p', role: 'prefill', ...SETTINGS, replicas: prefill },
      { name: 'd', role: 'decode', ...SETTINGS, replicas: decode },
    ],
    transfer: { ...INSTANT, ...transfer },
    limitsOfSlo: [],
    warmupShare: 0,
  };
}

function run(
  options: FleetOptions,
  requests: RequestColumns,
  more: Partial<FleetSimulationOptions> = {},
): FleetSimulation {
  return simulateFleet({ ...options, requests, ...more });
}

const rounded = (column: Float64Array): number[] => [...column].map((value) => Number(value.toFixed(9)));
const step = constantSteps(0.01);

describe('prefill and decode pools', () => {
  // Prompts of 100 tokens take one step of 10 ms; 100,000 bytes over 10 MB/s take 10 ms.
  const lone = requestColumns([[0, 100, 3]]);
  const slow = { sendBandwidth: 1e7, latency: seconds(0.002) };

  it('moves the KV of a prompt and gives the second token in the first decode step', () => {
    const { perRequest, transfer } = run(pools([step], [step], slow), lone);
    expect(rounded(perRequest.ttft)).toEqual([0.022]);
    expect(rounded(perRequest.tpot)).toEqual([0.01]);
    expect(rounded(perRequest.e2e)).toEqual([0.042]);
    expect(rounded(perRequest.transfer)).toEqual([0.012]);
    expect(transfer).toMatchObject({ bytes: 100_000, meanSeconds: expect.closeTo(0.012, 9) as number });
    expect(transfer!.shareOfLatency).toBeCloseTo(0.012 / 0.042, 9);
    expect(transfer!.peakSenderUse).toBeCloseTo(0.01 / 0.042, 9);
    expect(transfer!.peakReceiverUse).toBe(0);
  });

  it('is not stationary when only the decode pool is asked for more than it can', () => {
    const many = requestColumns(
      Array.from({ length: 3000 }, (_, id): [number, number, number] => [id * 0.02, 100, 41]),
    );
    // 16 sequences of 40 steps of 10 ms: 40 requests/s at most; one decode replica falls behind 50, two do not.
    const fast = constantSteps(0.001);
    expect(run(pools([fast], [step]), many).evidence.isStationary).toBe(false);
    expect(run(pools([fast], [step, step]), many).evidence.isStationary).toBe(true);
  });

  it('streams the first token from the prefill replica when asked to', () => {
    const { perRequest } = run(pools([step], [step], slow), lone, { firstTokenFrom: 'prefill' });
    expect(rounded(perRequest.ttft)).toEqual([0.01]);
    expect(rounded(perRequest.tpot)).toEqual([0.016]);
  });

  it('hides all but one layer of a transfer that is faster than the prompt', () => {
    const fast = { sendBandwidth: 2e7, overlappedLayers: 10 };
    // Alone 5 ms; in the 10 ms of the prompt nine of ten layers leave.
    expect(rounded(run(pools([step], [step], fast), lone).perRequest.transfer)).toEqual([0.0005]);
    // 20 ms: the prompt's 10 ms hide half, times nine tenths.
    const slower = { sendBandwidth: 5e6, overlappedLayers: 10 };
    expect(rounded(run(pools([step], [step], slower), lone).perRequest.transfer)).toEqual([0.011]);
  });

  it('lets two transfers of one sender share its link', () => {
    const pair = requestColumns([
      [0, 100, 2],
      [0, 100, 2],
    ]);
    const { perRequest } = run(pools([step], [step, step], slow), pair);
    expect(rounded(perRequest.transfer)).toEqual([0.022, 0.022]);
    expect([...perRequest.decodeReplica]).toEqual([1, 2]);
  });

  it('keeps the blocks of a prompt until they are sent', () => {
    // 100 tokens are 7 blocks; the replica has 10, so that the second prompt waits for the first one's transfer.
    const small = constantSteps(0.01, { kvBlocks: 10 });
    const pair = requestColumns([
      [0, 100, 2],
      [0, 100, 2],
    ]);
    const { perRequest } = run(pools([small], [step], slow), pair);
    expect(rounded(perRequest.ttft)).toEqual([0.022, 0.042]);
  });

  it('lets requests wait in order for blocks of a decode replica', () => {
    const small = constantSteps(0.01, { kvBlocks: 10 });
    const pair = requestColumns([
      [0, 100, 3],
      [0, 100, 3],
    ]);
    const { perRequest } = run(pools([step], [small]), pair);
    expect(rounded(perRequest.e2e)).toEqual([0.03, 0.05]);
  });

  it('moves only what the decode replica has not cached', () => {
    const pair = requestColumns([
      [0, 100, 2],
      [1, 100, 2],
    ]);
    // Both prompts begin with the same 64 tokens: 4 KV blocks.
    const prefixBlocks = { blockTokens: 64, offsets: Int32Array.of(0, 1, 2), ids: Int32Array.of(0, 0) };
    const options = pools([step], [step], slow);
    const cached = { ...options, pools: options.pools.map((pool) => ({ ...pool, prefixCache: true })) };
    const { perRequest, transfer } = run(cached, { ...pair, prefixBlocks });
    expect(transfer!.bytes).toBe(136_000);
    expect(rounded(perRequest.transfer)).toEqual([0.012, 0.0056]);
  });

  it('answers a request of one token from the prefill replica', () => {
    const { perRequest, transfer } = run(pools([step], [step], slow), requestColumns([[0, 100, 1]]));
    expect(rounded(perRequest.e2e)).toEqual([0.01]);
    expect([...perRequest.decodeReplica]).toEqual([-1]);
    expect(transfer!.bytes).toBe(0);
  });

  it('rejects what the decode pool cannot hold', () => {
    const fleet = run(pools([step], [constantSteps(0.01, { kvBlocks: 5 })]), lone);
    expect(fleet.rejected).toBe(1);
    expect(fleet.makespan).toBe(0);
  });
});

const someRequests = fc
  .record({
    seed: fc.nat(),
    count: fc.integer({ min: 1, max: 100 }),
    rate: fc.double({ min: 0.5, max: 60, noNaN: true }),
    cv: fc.constantFrom(0.5, 1, 3),
    isl: fc.integer({ min: 1, max: 900 }),
    osl: fc.integer({ min: 1, max: 60 }),
    lengthCv: fc.constantFrom(0, 1),
  })
  .map(randomRequests);

describe('whatever the load', () => {
  const engine = linearSteps(EIGHT_BILLION, { kvBlocks: 500 });
  const fleets = fc.record({
    prefill: fc.integer({ min: 1, max: 3 }),
    decode: fc.integer({ min: 1, max: 3 }),
    bandwidth: fc.constantFrom(1e6, 1e8, Infinity),
    layers: fc.constantFrom(1, 32),
  });
  const many = (count: number): readonly StepTimeModel[] => Array.from({ length: count }, () => engine);

  it('every request is served once, every token made once, every byte moved', () => {
    fc.assert(
      fc.property(someRequests, fleets, (requests, { prefill, decode, bandwidth, layers }) => {
        const links = { sendBandwidth: bandwidth, overlappedLayers: layers };
        const fleet = run(pools(many(prefill), many(decode), links), requests);
        const { e2e, ttft, replica, decodeReplica, transfer } = fleet.perRequest;
        let bytes = 0;
        for (let id = 0; id < e2e.length; id++) {
          if (replica[id] === -1) continue;
          const isMoved = requests.osl[id]! > 1;
          expect(e2e[id]!).toBeGreaterThanOrEqual(ttft[id]!);
          expect(replica[id]).toBeLessThan(prefill);
          expect(decodeReplica[id]! >= prefill).toBe(isMoved);
          expect(transfer[id]! >= 0).toBe(isMoved);
          if (isMoved) bytes += 1000 * requests.isl[id]!;
        }
        expect(fleet.transfer!.bytes).toBe(bytes);
        expect(fleet.transfer!.peakSenderUse).toBeLessThanOrEqual(1 + 1e-9);
        expect(e2e.filter((time) => time > 0).length + fleet.rejected).toBe(e2e.length);
        const [p, d] = fleet.pools;
        expect(p!.requests).toBe(e2e.length - fleet.rejected);
        expect(d!.requests).toBe(decodeReplica.filter((index) => index >= 0).length);
      }),
    );
  });

  it('over infinite links the first token comes when it is made, and never later than over slow ones alone', () => {
    fc.assert(
      fc.property(someRequests, fleets, (requests, { prefill, decode }) => {
        const options = pools(many(prefill), many(decode));
        const fromDecode = run(options, requests);
        const fromPrefill = run(options, requests, { firstTokenFrom: 'prefill' });
        expect(fromDecode.perRequest.ttft).toEqual(fromPrefill.perRequest.ttft);
        expect(fromDecode.perRequest.e2e).toEqual(fromPrefill.perRequest.e2e);
        // No request is faster than alone on an idle fleet.
        const id = requests.isl.length - 1;
        if (!(fromDecode.perRequest.e2e[id]! > 0)) return;
        const single = requestColumns([[0, requests.isl[id]!, requests.osl[id]!]]);
        const alone = run(pools([engine], [engine]), single).perRequest;
        expect(fromDecode.perRequest.e2e[id]!).toBeGreaterThanOrEqual(alone.e2e[0]! - 1e-9);
        expect(fromDecode.perRequest.ttft[id]!).toBeGreaterThanOrEqual(alone.ttft[0]! - 1e-9);
      }),
    );
  });

  it('a closed loop keeps its clients busy with every request', () => {
    fc.assert(
      fc.property(someRequests, fleets, fc.integer({ min: 1, max: 20 }), (requests, sizes, concurrency) => {
        const options = pools(many(sizes.prefill), many(sizes.decode), { sendBandwidth: sizes.bandwidth });
        const fleet = simulateFleetClosedLoop({ ...options, requests, concurrency });
        const { arrival, e2e } = fleet.perRequest;
        const changes: (readonly [number, number])[] = [];
        e2e.forEach((time, id) => {
          if (time > 0) changes.push([arrival[id]!, 1], [arrival[id]! + time, -1]);
        });
        // At equal times an answer comes before the request that it sets off; sums of times differ by rounding.
        changes.sort((a, b) => (Math.abs(a[0] - b[0]) < 1e-9 ? a[1] - b[1] : a[0] - b[0]));
        let present = 0;
        let most = 0;
        for (const [, change] of changes) most = Math.max(most, (present += change));
        expect(present).toBe(0);
        expect(most).toBeLessThanOrEqual(concurrency);
        const count = changes.length / 2;
        expect(count + fleet.rejected).toBe(requests.isl.length);
        expect(most).toBe(Math.min(concurrency, count));
      }),
    );
  });
});
