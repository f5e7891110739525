import type { RequestColumns } from '../../model/index.ts';

/** Requests of a long run, one after the other. The reader moves it on. */
export interface RequestStream {
  /** Arrival of the request in front, seconds; Infinity when there is none left. */
  readonly arrival: number;
  /** Tokens of the request in front. */
  readonly isl: number;
  readonly osl: number;
  /** Goes on to the next request. Mutates the stream. */
  advance(): void;
}

/** How a sample of requests fills a long run. */
export interface RepeatedRequests {
  readonly columns: RequestColumns;
  /** First and last moment at which a request may arrive, seconds. */
  readonly from: number;
  readonly until: number;
  /** Mean requests per second over a lap of the sample, > 0. */
  readonly rate: number;
  /** Factor on the rate by hour since 0, used again from its start when it ends; all > 0; default 1 throughout. */
  readonly hourlyFactor?: readonly number[];
}

/**
 * A sample of requests again and again, its gaps stretched to the rate of the hour. The end of one lap and the beginning of
 * the next are a mean gap apart.
 */
export function repeatRequests({
  columns,
  from,
  until,
  rate,
  hourlyFactor = [1],
}: RepeatedRequests): RequestStream {
  const { arrival, isl, osl } = columns;
  const count = arrival.length;
  const first = arrival[0] ?? 0;
  const span = (arrival[count - 1] ?? 0) - first;
  const meanGap = count > 1 && span > 0 ? span / (count - 1) : 1;
  // One second of the sample lasts so long at factor 1.
  const stretch = 1 / (rate * meanGap);
  const factorAt = (seconds: number): number =>
    hourlyFactor[Math.floor(seconds / 3600) % hourlyFactor.length] ?? 1;
  let index = 0;
  const stream = { arrival: count > 0 ? from : Infinity, isl: isl[0] ?? 1, osl: osl[0] ?? 1, advance };
  function advance(): void {
    const gap = index + 1 < count ? arrival[index + 1]! - arrival[index]! : meanGap;
    index = index + 1 < count ? index + 1 : 0;
    const next = stream.arrival + (gap * stretch) / factorAt(stream.arrival);
    stream.arrival = next < until ? next : Infinity;
    stream.isl = isl[index]!;
    stream.osl = osl[index]!;
  }
  return stream;
}

/** Requests at their own times; `columns` ascending. */
export function requestsOnce(columns: RequestColumns): RequestStream {
  const { arrival, isl, osl } = columns;
  let index = -1;
  const stream = { arrival: Infinity, isl: 1, osl: 1, advance };
  function advance(): void {
    index++;
    stream.arrival = arrival[index] ?? Infinity;
    stream.isl = isl[index] ?? 1;
    stream.osl = osl[index] ?? 1;
  }
  advance();
  return stream;
}
