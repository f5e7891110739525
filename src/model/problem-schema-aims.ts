import type { Objective, ServingChoice } from './objective.ts';
import { quantity } from './parse-quantities.ts';
import type { AimsDocument, LimitsDocument } from './problem-document.ts';
import { objectOf, oneOfTexts } from './problem-schema-builders.ts';
import type { JsonSchema } from './problem-schema-builders.ts';

/** What each objective makes best, in a few words. */
export const OBJECTIVE_MEANINGS: Readonly<Record<Objective, string>> = {
  cost: 'least money per month',
  accelerators: 'fewest accelerators',
  'cost-per-token': 'least money per million tokens at capacity',
  'throughput-per-accelerator': 'most output tokens per second and accelerator at capacity',
  latency: 'least p99 latency to the last token at the demand',
  energy: 'least energy per output token at the demand',
};

const LIMITS_SCHEMA = objectOf<LimitsDocument>({
  title: 'Limits',
  description: 'Limits kept beside the SLO; money per month is limited by budgets.',
  required: {},
  optional: {
    costPerMillionTokens: quantity(
      'tokenPrice',
      'Most that a million tokens, input and output, may cost at capacity.',
    ),
    throughputPerAccelerator: quantity('tokenRate', 'Fewest output tokens per accelerator at capacity.'),
    latency: quantity('duration', 'Largest p99 of the time to the last token at the demand.'),
    energyPerOutputToken: quantity('tokenEnergy', 'Most energy per output token at the demand.'),
  },
});

/** Schemas of the aims, of a problem and of a workload alike; `where` says what applies when they are not stated. */
export function aimsSchemas(where: string): Readonly<Record<keyof AimsDocument, JsonSchema>> {
  return {
    objective: oneOfTexts<Objective>(
      OBJECTIVE_MEANINGS,
      `What the plan makes best within its SLO. Default: ${where === '' ? 'cost' : where}.`,
    ),
    limits: LIMITS_SCHEMA,
    confidence: quantity(
      'percent',
      `Probability that the SLO holds given the error of the performance model, above 50% and below 100%. Default: ${where === '' ? 'predictions are trusted' : where}.`,
    ),
  };
}

/** Schema of the serving modes a workload may get. */
export const SERVING_SCHEMA: JsonSchema = oneOfTexts<ServingChoice>(
  {
    aggregated: 'every replica serves whole requests',
    disaggregated: 'prefill replicas hand prompts over to decode replicas',
    any: 'the better of both',
  },
  'How requests are served. Default: aggregated.',
);
