/**
 * KV on its way from senders to receivers. Every sender and every receiver has one link; transfers share the links
 * max-min fairly (no transfer can be faster without slowing one that is not faster: Bertsekas and Gallager, Data
 * Networks, 1992, §6.5.2), as flows with equal congestion control do in the long run. Rates change only when a transfer
 * starts or ends. Deterministic. Cost: O(transfers in flight × links they use) per change.
 */
export class TransferNetwork {
  /** Bandwidth of every link, bytes per second: senders first, then receivers. */
  readonly #bandwidth: Float64Array;
  readonly #senders: number;
  readonly #drained: (id: number, time: number) => void;
  /** Bytes that every link has moved. */
  readonly #moved: Float64Array;
  /** Transfers in flight in order of their start. */
  readonly #flights: Flight[] = [];
  /** Room of the filling: bandwidth left and transfers without a rate, by link. */
  readonly #left: Float64Array;
  readonly #unset: Int32Array;
  #time = 0;
  /** When the next transfer is done, if none starts before; Infinity when none is in flight. */
  nextTime = Infinity;

  /**
   * @param senders bandwidth of each sender, bytes per second, > 0; Infinity moves any amount at once
   * @param receivers the same of each receiver
   * @param drained told when the last byte of a transfer leaves; may start transfers
   */
  constructor(
    senders: readonly number[],
    receivers: readonly number[],
    drained: (id: number, time: number) => void,
  ) {
    this.#bandwidth = Float64Array.of(...senders, ...receivers);
    if (this.#bandwidth.some((bandwidth) => !(bandwidth > 0))) {
      throw new RangeError('link bandwidths must be above 0');
    }
    this.#senders = senders.length;
    this.#drained = drained;
    this.#moved = new Float64Array(this.#bandwidth.length);
    this.#left = new Float64Array(this.#bandwidth.length);
    this.#unset = new Int32Array(this.#bandwidth.length);
  }

  /** Transfers in flight. */
  get inFlight(): number {
    return this.#flights.length;
  }

  /** Bytes moved so far, by sender. */
  get sent(): Float64Array {
    return this.#moved.subarray(0, this.#senders);
  }

  /** Bytes moved so far, by receiver. */
  get received(): Float64Array {
    return this.#moved.subarray(this.#senders);
  }

  /**
   * Starts a transfer of `bytes` ≥ 0 at `time`, not before any time given so far. A transfer of no bytes is done at once,
   * with the next `advanceUntil`.
   */
  start(
    id: number,
    route: { readonly sender: number; readonly receiver: number },
    bytes: number,
    time: number,
  ): void {
    this.#move(time);
    const receiver = this.#senders + route.receiver;
    this.#flights.push({ id, sender: route.sender, receiver, left: bytes, rate: 0, end: Infinity });
    this.#share();
  }

  /** Bytes per second that one more transfer over a route would get if the links were shared evenly. */
  evenShare(sender: number, receiver: number): number {
    const to = this.#senders + receiver;
    let sending = 1;
    let receiving = 1;
    for (const flight of this.#flights) {
      if (flight.sender === sender) sending++;
      if (flight.receiver === to) receiving++;
    }
    return Math.min(this.#bandwidth[sender]! / sending, this.#bandwidth[to]! / receiving);
  }

  /** Rates now, bytes per second, by sender then receiver: what each link carries. For tests and reports. */
  linkRates(): Float64Array {
    const rates = new Float64Array(this.#bandwidth.length);
    for (const { sender, receiver, rate } of this.#flights) {
      rates[sender] = rates[sender]! + rate;
      rates[receiver] = rates[receiver]! + rate;
    }
    return rates;
  }

  /** Moves bytes until `time` and reports every transfer done by then, in order of end, then of start. */
  advanceUntil(time: number): void {
    while (this.nextTime <= time) {
      const now = this.nextTime;
      this.#move(now);
      const done = this.#flights.filter((flight) => flight.end <= now);
      let kept = 0;
      for (const flight of this.#flights) if (flight.end > now) this.#flights[kept++] = flight;
      this.#flights.length = kept;
      this.#share();
      for (const flight of done) this.#drained(flight.id, now);
    }
    this.#move(time);
  }

  #move(time: number): void {
    const span = time - this.#time;
    this.#time = time;
    for (const flight of this.#flights) {
      // The flight that ends now gives up exactly what it has left, so that rounding never loses or makes a byte.
      const bytes =
        flight.end <= time ? flight.left : span > 0 ? Math.min(flight.left, flight.rate * span) : 0;
      flight.left -= bytes;
      this.#moved[flight.sender] = this.#moved[flight.sender]! + bytes;
      this.#moved[flight.receiver] = this.#moved[flight.receiver]! + bytes;
    }
  }

  /** Max-min rates by progressive filling: the link with the least to give per transfer decides, again and again. */
  #share(): void {
    this.#left.set(this.#bandwidth);
    this.#unset.fill(0);
    for (const flight of this.#flights) {
      flight.rate = -1;
      this.#unset[flight.sender] = this.#unset[flight.sender]! + 1;
      this.#unset[flight.receiver] = this.#unset[flight.receiver]! + 1;
    }
    for (let fixed = 0; fixed < this.#flights.length;) {
      const link = this.#tightestLink();
      const rate = this.#left[link]! / this.#unset[link]!;
      for (const flight of this.#flights) {
        if (flight.rate >= 0 || (flight.sender !== link && flight.receiver !== link)) continue;
        flight.rate = rate;
        this.#take(flight.sender, rate);
        this.#take(flight.receiver, rate);
        fixed++;
      }
    }
    this.nextTime = Infinity;
    for (const flight of this.#flights) {
      flight.end = flight.left > 0 ? this.#time + flight.left / flight.rate : this.#time;
      if (flight.end < this.nextTime) this.nextTime = flight.end;
    }
  }

  #take(link: number, rate: number): void {
    this.#unset[link] = this.#unset[link]! - 1;
    if (rate < Infinity) this.#left[link] = Math.max(0, this.#left[link]! - rate);
  }

  #tightestLink(): number {
    let tightest = -1;
    let least = Infinity;
    for (let link = 0; link < this.#left.length; link++) {
      if (this.#unset[link] === 0) continue;
      const share = this.#left[link]! / this.#unset[link]!;
      if (share < least || tightest < 0) {
        least = share;
        tightest = link;
      }
    }
    return tightest;
  }
}

/** One transfer in flight. */
interface Flight {
  readonly id: number;
  /** Links by index. */
  readonly sender: number;
  readonly receiver: number;
  /** Bytes still to move. */
  left: number;
  /** Bytes per second until the next change. */
  rate: number;
  /** When the last byte leaves at that rate. */
  end: number;
}
