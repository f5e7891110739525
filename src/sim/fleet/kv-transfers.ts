import type { FleetJournal } from './fleet-journal.ts';
import type { KvTransfer, TransferUse } from './fleet-options.ts';
import type { FleetReplica } from './fleet-replica.ts';
import { TransferNetwork } from './transfer-network.ts';
import { seconds } from '../../units/index.ts';

/** One prompt whose KV is to be moved. */
export interface FinishedPrompt {
  readonly id: number;
  readonly isl: number;
  /** Prompt tokens that were not found cached when the request was routed. */
  readonly computed: number;
  /** Prompt tokens whose KV the decode replica lacks. */
  readonly lacking: number;
  readonly from: FleetReplica;
  readonly to: FleetReplica;
}

/** KV transfers between the prefill and the decode replicas of a fleet: which bytes go over which links, and the sums. */
export class KvTransfers {
  readonly network: TransferNetwork;
  /** Bytes of all transfers so far, those sent under the computing of prompts included. */
  #bytes = 0;
  readonly #options: KvTransfer;

  /** @param kvSent told when the last byte of a request leaves */
  constructor(
    options: KvTransfer,
    prefill: readonly FleetReplica[],
    decode: readonly FleetReplica[],
    kvSent: (id: number, time: number) => void,
  ) {
    if (!(options.bytesPerToken >= 0 && options.latency >= 0)) {
      throw new RangeError('bytesPerToken and latency must be at least 0');
    }
    if (!((options.overlappedLayers ?? 1) >= 1)) throw new RangeError('overlappedLayers must be at least 1');
    this.#options = options;
    this.network = new TransferNetwork(
      prefill.map(() => options.sendBandwidth),
      decode.map(() => options.receiveBandwidth),
      kvSent,
    );
  }

  /** Seconds from the last byte sent until the decode replica may schedule. */
  get latency(): number {
    return this.#options.latency;
  }

  /** Sends the KV of a prompt that is done at `time`. Mutates the network. */
  start(prompt: FinishedPrompt, time: number): void {
    const sender = prompt.from.place.peer;
    const receiver = prompt.to.place.peer;
    const bytes = this.#options.bytesPerToken * prompt.lacking;
    const hidden = this.#hiddenBytes(prompt, bytes, this.network.evenShare(sender, receiver));
    this.#bytes += bytes;
    this.network.start(prompt.id, { sender, receiver }, bytes - hidden, time);
  }

  /** Sums of a run of `makespan` seconds in which requests from `firstMeasured` on are measured. */
  use(journal: FleetJournal, firstMeasured: number, makespan: number): TransferUse {
    const { transfer, e2e } = journal;
    let total = 0;
    let share = 0;
    let count = 0;
    for (let id = firstMeasured; id < transfer.length; id++) {
      if (!(transfer[id]! >= 0)) continue;
      total += transfer[id]!;
      share += transfer[id]! / e2e[id]!;
      count++;
    }
    const { sent, received } = this.network;
    const peak = (moved: Float64Array, bandwidth: number): number =>
      makespan > 0 ? Math.max(0, ...moved) / (bandwidth * makespan) : 0;
    return {
      bytes: this.#bytes,
      meanSeconds: seconds(count > 0 ? total / count : 0),
      shareOfLatency: count > 0 ? share / count : 0,
      peakSenderUse: peak(sent, this.#options.sendBandwidth),
      peakReceiverUse: peak(received, this.#options.receiveBandwidth),
    };
  }

  /** Bytes that left while the prompt was computed; see `KvTransfer.overlappedLayers`. */
  #hiddenBytes(prompt: FinishedPrompt, bytes: number, rate: number): number {
    const layers = this.#options.overlappedLayers ?? 1;
    if (layers === 1 || bytes === 0) return 0;
    const { computed, isl, from } = prompt;
    const attended = computed * (isl - computed + computed / 2);
    const computing = from.steps.stepTime(computed, attended, 0, 0);
    return (1 - 1 / layers) * Math.min(bytes, rate * computing);
  }
}
