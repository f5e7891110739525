/** What happened to every request of a fleet; entries by request id, NaN (−1) for what did not happen. */
export class FleetJournal {
  /** When it was sent. */
  readonly arrival: Float64Array;
  readonly ttft: Float64Array<ArrayBuffer>;
  readonly tpot: Float64Array<ArrayBuffer>;
  readonly e2e: Float64Array<ArrayBuffer>;
  readonly replica: Int32Array;
  readonly decodeReplica: Int32Array;
  /** End of the prompt while its KV is on its way, then the seconds that took. */
  readonly transfer: Float64Array;
  /** When the client got the first token less the latency on its way out. */
  readonly #firstToken: Float64Array;
  readonly #osl: Int32Array;

  /** @param arrival is written to by `sent` @param osl output tokens */
  constructor(arrival: Float64Array, osl: Int32Array) {
    const count = osl.length;
    const unknown = (): Float64Array<ArrayBuffer> => new Float64Array(count).fill(NaN);
    this.arrival = arrival;
    this.ttft = unknown();
    this.tpot = unknown();
    this.e2e = unknown();
    this.transfer = unknown();
    this.#firstToken = unknown();
    this.replica = new Int32Array(count).fill(-1);
    this.decodeReplica = new Int32Array(count).fill(-1);
    this.#osl = osl;
  }

  /** The first token left a replica at `time` and reaches the client `latency` seconds later. Mutates. */
  firstToken(id: number, time: number, latency: number): void {
    this.#firstToken[id] = time;
    this.ttft[id] = time + latency - this.arrival[id]!;
  }

  /** The last token left a replica at `time` and reaches the client `latency` seconds later. Mutates. */
  lastToken(id: number, time: number, latency: number): void {
    const osl = this.#osl[id]!;
    this.tpot[id] = osl > 1 ? (time - this.#firstToken[id]!) / (osl - 1) : NaN;
    this.e2e[id] = time + latency - this.arrival[id]!;
  }
}
