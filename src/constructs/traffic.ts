import type {
  FixedLengths,
  LengthModel,
  TraceColumnNames,
  TraceFormat,
  TrafficDocument,
} from '../model/index.ts';
import type { PercentText, RateText } from '../units/index.ts';

/** Changes to traffic; what is absent stays as the profile or trace has it. */
export interface TrafficChanges {
  /** Mean request rate over the week, such as `12/s`; the shape of the week is kept. */
  readonly meanRate?: RateText;
  /** Ratio of the busiest hour to the mean, ≥ 1. */
  readonly peakToMean?: number;
  /** UTC hour of the day of the peak, 0..23. */
  readonly peakHour?: number;
  /** Coefficient of variation of the gaps between arrivals, > 0; 1 is a Poisson process. */
  readonly burstiness?: number;
  /** Mean share of input tokens found in an unbounded prefix cache, such as `30%`. */
  readonly prefixHitRate?: PercentText;
}

/** A trace file and changes to its traffic. */
export interface TraceProps extends TrafficChanges {
  /** Layout of the file. Default: `auto`, recognised by the first line. */
  readonly format?: TraceFormat;
  /** Columns of a plain CSV or JSONL file. Default: recognised by their usual names. */
  readonly columns?: TraceColumnNames;
}

/** Generated traffic: its rate is `meanRate`, `hourlyRate`, or both (the shape of the hours, scaled to the mean). */
export interface GeneratedTrafficProps extends TrafficChanges {
  /** Fixed `isl` and `osl` in tokens, or joint quantiles. */
  readonly lengths: FixedLengths | LengthModel;
  /** Requests per second in each of the 168 hours of the week, Monday 00:00 UTC first. Default: `meanRate` in every hour. */
  readonly hourlyRate?: readonly number[];
  /** Distribution of the gaps between arrivals. Default: `gamma`. */
  readonly family?: 'gamma' | 'weibull';
}

/**
 * The requests a service receives. A value, made by one of its named constructors.
 *
 *     Traffic.profile('azure-llm-2023-conversation', { meanRate: '12/s', peakToMean: 1.8 })
 *     Traffic.trace('traffic/march.csv.gz')
 *     Traffic.generate({ lengths: { isl: 1024, osl: 256 }, meanRate: '5/s' })
 */
export class Traffic {
  /** The traffic of a shipped profile (`docs/traffic.md` names them), perhaps changed. */
  static profile(name: string, changes: TrafficChanges = {}): Traffic {
    return new Traffic({ profile: name, ...changes });
  }

  /** The traffic of a trace file, relative to the stack; `.gz` is unpacked. */
  static trace(file: string, props: TraceProps = {}): Traffic {
    const { format, columns, ...changes } = props;
    const trace = {
      file,
      ...(format === undefined ? {} : { format }),
      ...(columns === undefined ? {} : { columns }),
    };
    return new Traffic({ trace, ...changes });
  }

  /** Traffic described by its lengths and rates. */
  static generate(props: GeneratedTrafficProps): Traffic {
    const { lengths, hourlyRate, family, ...changes } = props;
    const generate = {
      lengths,
      ...(hourlyRate === undefined ? {} : { hourlyRate }),
      ...(family === undefined ? {} : { family }),
    };
    return new Traffic({ generate, ...changes });
  }

  /** The traffic as a problem document holds it. */
  readonly document: TrafficDocument;

  private constructor(document: TrafficDocument) {
    this.document = document;
  }
}
