import type { Percentile, Slo as SloValue, SloDocument } from '../model/index.ts';
import type { DurationText, PercentText } from '../units/index.ts';

/** Limits by percentile of requests, such as `{ p50: '400ms', p99: '1.5s' }`. */
export type LatencyLimits = Readonly<Partial<Record<Percentile, DurationText>>>;

/** What a service promises: at least one latency limit. */
export interface SloProps {
  /** Limits on the time to the first token. Default: none. */
  readonly ttft?: LatencyLimits;
  /** Limits on the mean time per output token after the first. Default: none. */
  readonly tpot?: LatencyLimits;
  /** Limits on the time to the last token. Default: none. */
  readonly e2e?: LatencyLimits;
  /** Share of time at which full capacity must stand, such as `99.9%`; below 100 %. Default: `99%`. */
  readonly availability?: PercentText;
  /**
   * What may fail at once while demand is still met: `nothing`, one `node`, or one `correlation-group` (nodes that a
   * provider reclaims together). Default: `correlation-group`.
   */
  readonly tolerates?: SloValue['tolerates'];
}

/**
 * The promise of a service. A value: one may be shared by many services.
 *
 *     new Slo({ ttft: { p99: '1.5s' }, tpot: { p99: '60ms' }, availability: '99.9%' })
 */
export class Slo {
  /** The promise as a problem document holds it. */
  readonly document: SloDocument;

  constructor(props: SloProps) {
    this.document = props;
  }

  /** The same promise with some parts replaced; limits of a metric are replaced together. */
  with(changes: SloProps): Slo {
    return new Slo({ ...this.document, ...changes });
  }
}
