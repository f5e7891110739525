import type { Precision } from './accelerator.ts';
import { quantity } from './parse-quantities.ts';
import type {
  FixedLengths,
  GenerativeTrafficDocument,
  LlmServiceDocument,
  SloDocument,
  TrafficDocument,
} from './problem-document.ts';
import { aimsSchemas, SERVING_SCHEMA } from './problem-schema-aims.ts';
import {
  described,
  identifier,
  integer,
  listOf,
  objectOf,
  oneOfTexts,
  serviceIdentifier,
  someOf,
  text,
} from './problem-schema-builders.ts';
import type { JsonSchema } from './problem-schema-builders.ts';
import type { ServiceSlo } from './service.ts';
import type { Percentile, Slo } from './slo.ts';
import type { LengthModel } from './traffic.ts';
import type { TraceColumnNames, TraceFormat, Routing } from './workload.ts';

const PRECISION_MEANINGS: Readonly<Record<Precision, string>> = {
  bf16: '16-bit brain float',
  fp8: '8-bit float, one scale per tensor',
  'fp8-block': '8-bit float, one scale per 128×128 block',
  int8: '8-bit integer',
  int4: '4-bit integer weights, 16-bit activations',
  nvfp4: '4-bit float, one scale per 16 values',
  mxfp4: '4-bit float, one scale per 32 values',
};

/** Names of the weight precisions. */
export const PRECISIONS: readonly string[] = Object.keys(PRECISION_MEANINGS);
/** Schema of one precision. */
export const PRECISION_SCHEMA = oneOfTexts<Precision>(PRECISION_MEANINGS, 'Number format of weights.');

/** Percentiles at which limits may be set, lowest first. */
export const PERCENTILES: readonly Percentile[] = ['p50', 'p90', 'p95', 'p99'];

const latencyLimits = (what: string) =>
  someOf(PERCENTILES, `Limits on ${what}, by percentile of requests.`, (percentile) =>
    quantity('duration', `Largest ${percentile} of ${what}.`),
  );

const TOLERATED: Readonly<Record<Slo['tolerates'], string>> = {
  nothing: 'no spare capacity',
  node: 'the loss of any one node',
  'correlation-group': 'the loss of all nodes that a provider reclaims together',
};
const TOLERATED_MEANING = 'What may fail at once while demand is still met. Default: correlation-group.';

/** Schema of what may fail at once. */
export const TOLERATES_SCHEMA: JsonSchema = {
  ...oneOfTexts<Slo['tolerates']>(TOLERATED, TOLERATED_MEANING),
  default: 'correlation-group',
};

/** The same for services, which may survive the loss of a zone too. */
export const SERVICE_TOLERATES_SCHEMA: JsonSchema = {
  ...oneOfTexts<ServiceSlo['tolerates']>(
    { ...TOLERATED, zone: 'the loss of all that runs in any one zone' },
    TOLERATED_MEANING,
  ),
  default: 'correlation-group',
};

/** Schema of an SLO. */
export const SLO_SCHEMA = objectOf<SloDocument>({
  title: 'Slo',
  description: 'What the service promises: at least one latency limit, and its availability.',
  required: {},
  optional: {
    ttft: latencyLimits('the time to the first token'),
    tpot: latencyLimits('the mean time per output token after the first'),
    e2e: latencyLimits('the time to the last token'),
    availability: quantity(
      'percent',
      'Share of time at which full capacity must stand. Default: 99%.',
      '99%',
    ),
    tolerates: TOLERATES_SCHEMA,
  },
});

const TOKEN_QUANTILES = { minItems: 2 } as const;
const token = integer('Tokens.', 1);

const GENERATE_SCHEMA = objectOf<GenerativeTrafficDocument>({
  title: 'Generated traffic',
  description: 'A generative model of the requests, written out.',
  required: {
    lengths: objectOf<Partial<LengthModel & FixedLengths>>({
      title: 'Request lengths',
      description: 'Either isl and osl (all requests alike), or inputQuantiles and outputQuantiles.',
      required: {},
      optional: {
        isl: integer('Input tokens of every request.', 1),
        osl: integer('Output tokens of every request.', 1),
        inputQuantiles: listOf(
          token,
          'Input lengths at probabilities 0, 1/n, …, 1, ascending.',
          TOKEN_QUANTILES,
        ),
        outputQuantiles: listOf(
          listOf(
            token,
            'Output lengths of one class at probabilities 0, 1/m, …, 1, ascending.',
            TOKEN_QUANTILES,
          ),
          'Output lengths by class; the inputs are cut at equal probability into as many classes.',
          { minItems: 1 },
        ),
      },
      exactlyOne: [
        ['isl', 'osl'],
        ['inputQuantiles', 'outputQuantiles'],
      ],
    }),
  },
  optional: {
    hourlyRate: listOf(
      { type: 'number', minimum: 0 },
      'Requests per second in each hour of the week, Monday 00:00 UTC first. Default: meanRate in every hour.',
      { minItems: 168, maxItems: 168 },
    ),
    family: {
      ...oneOfTexts<'gamma' | 'weibull'>(
        { gamma: 'a Poisson process at burstiness 1', weibull: 'heavier tail of long gaps' },
        'Distribution of the gaps between arrivals. Default: gamma.',
      ),
      default: 'gamma',
    },
  },
});

const TRACE_COLUMNS_SCHEMA = objectOf<TraceColumnNames>({
  title: 'Trace columns',
  description:
    'Columns (CSV header names or JSON keys) of a plain file. Default: recognised by their usual names.',
  required: {},
  optional: {
    arrival: {
      type: ['string', 'null'],
      description: 'Column of the arrival time; null states that the file holds lengths only.',
    },
    isl: text('Column of the input tokens.'),
    osl: text('Column of the output tokens.'),
    cachedTokens: text('Column of the input tokens found in a warm prefix cache.'),
    arrivalUnit: oneOfTexts<NonNullable<TraceColumnNames['arrivalUnit']>>(
      {
        seconds: 'numbers of seconds',
        milliseconds: 'numbers of milliseconds',
        datetime: 'ISO 8601 date and time',
      },
      'Unit of the arrival column. Default: recognised in the first row.',
    ),
  },
});

/** Schema of traffic. */
export const TRAFFIC_SCHEMA = objectOf<TrafficDocument>({
  title: 'Traffic',
  description:
    'Requests the service receives: exactly one of profile, trace and generate, and changes to it.',
  required: {},
  optional: {
    profile: text('Name of a shipped profile.', ['azure-llm-2023-conversation']),
    trace: objectOf<NonNullable<TrafficDocument['trace']>>({
      title: 'Trace',
      description: 'A recorded trace of requests.',
      required: { file: text('File, relative to the stack; .gz is unpacked.', ['traffic/march.csv.gz']) },
      optional: {
        format: {
          ...oneOfTexts<TraceFormat>(
            {
              auto: 'recognised by the first line',
              'azure-llm': 'Azure LLM inference trace 2023, CSV',
              burstgpt: 'BurstGPT, CSV',
              mooncake: 'Mooncake, JSONL with hash_ids',
              csv: 'CSV with named columns',
              jsonl: 'JSONL with named fields',
            },
            'Layout of the file. Default: auto.',
          ),
          default: 'auto',
        },
        columns: TRACE_COLUMNS_SCHEMA,
      },
    }),
    generate: GENERATE_SCHEMA,
    meanRate: quantity('rate', 'Mean request rate over the week; the shape of the week is kept.'),
    peakToMean: { type: 'number', minimum: 1, description: 'Ratio of the busiest hour to the mean.' },
    peakHour: { type: 'integer', minimum: 0, maximum: 23, description: 'UTC hour of the day of the peak.' },
    burstiness: {
      type: 'number',
      exclusiveMinimum: 0,
      description: 'Coefficient of variation of the gaps between arrivals; 1 is a Poisson process.',
    },
    prefixHitRate: quantity('percent', 'Mean share of input tokens found in an unbounded prefix cache.'),
  },
  exactlyOne: [['profile'], ['trace'], ['generate']],
});

/** Schema of a language model to serve. */
export const LLM_SERVICE_SCHEMA = objectOf<LlmServiceDocument>({
  title: 'LlmService',
  description: 'A language model served behind an OpenAI-compatible endpoint.',
  required: {
    kind: oneOfTexts<'llm'>(
      { llm: 'a language model service' },
      'Kind of the workload; microservices are declared under services.',
    ),
    id: serviceIdentifier('Name of the service.'),
    model: text('Model architecture, as `plimsoll catalog list` names it.', [
      'meta-llama/Llama-3.1-70B-Instruct',
    ]),
    traffic: TRAFFIC_SCHEMA,
    slo: SLO_SCHEMA,
  },
  optional: {
    checkpoints: someOf(
      PRECISIONS,
      'Checkpoint to load by weight precision. Default: the model.',
      (precision) => text(`Hugging Face id of the ${precision} checkpoint.`),
    ),
    precisions: listOf(PRECISION_SCHEMA, 'Weight precisions allowed, most preferred first. Default: bf16.', {
      minItems: 1,
      uniqueItems: true,
      default: ['bf16'],
    }),
    kvPrecisions: listOf(
      described(PRECISION_SCHEMA, 'Number format of the KV cache.'),
      'Precisions of the KV cache allowed. Default: bf16, and fp8 beside weights of 8 bits or fewer on hardware that computes fp8.',
      { minItems: 1, uniqueItems: true },
    ),
    engines: listOf(
      text('Inference engine.', ['vllm']),
      'Engines allowed, most preferred first. Default: vllm.',
      {
        minItems: 1,
        uniqueItems: true,
        default: ['vllm'],
      },
    ),
    pools: listOf(text('Id of a pool.'), 'Pools it may run on. Default: every pool.', {
      minItems: 1,
      uniqueItems: true,
    }),
    maxSpotShare: quantity(
      'percent',
      'Largest share of its replicas on spot capacity. Default: 100%.',
      '100%',
    ),
    routing: {
      ...oneOfTexts<Routing>(
        {
          even: 'every replica gets the same rate, as behind a Kubernetes Service: all replicas are alike',
          weighted: 'a gateway gives each replica a rate in proportion to its capacity',
        },
        'How requests are spread over the replicas. Default: even.',
      ),
      default: 'even',
    },
    maxModelLength: integer(
      "Longest sequence to serve in tokens, prompt and output together. Default: the model's own limit.",
      1,
    ),
    serving: SERVING_SCHEMA,
    ...aimsSchemas('that of the problem'),
    team: text('Owner that costs are shown for.'),
    namespace: identifier("Kubernetes namespace. Default: the problem's name.", 63),
  },
});
