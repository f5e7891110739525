import type { ObjectiveLimits, PlanningAims } from './objective.ts';
import { tryRead } from './parse-quantities.ts';
import type { AimsDocument, LimitsDocument } from './problem-document.ts';

/** Aims where nothing is said. */
const NO_AIMS: PlanningAims = { objective: 'cost', limits: {} };

/**
 * The aims of a document; what it does not say is taken from `inherited`, limits one by one. Texts that cannot be read
 * are left out (`parseProblem` reports them).
 */
export function parseAims(document: AimsDocument, inherited: PlanningAims = NO_AIMS): PlanningAims {
  const confidence = tryRead('percent', document.confidence) ?? inherited.confidence;
  return {
    objective: document.objective ?? inherited.objective,
    limits: { ...inherited.limits, ...parseLimits(document.limits ?? {}) },
    ...(confidence === undefined ? {} : { confidence }),
  };
}

function parseLimits(document: LimitsDocument): ObjectiveLimits {
  const costPerMillionTokens = tryRead('tokenPrice', document.costPerMillionTokens);
  const throughputPerAccelerator = tryRead('tokenRate', document.throughputPerAccelerator);
  const latency = tryRead('duration', document.latency);
  const energyPerOutputToken = tryRead('tokenEnergy', document.energyPerOutputToken);
  return {
    ...(costPerMillionTokens === undefined ? {} : { costPerMillionTokens }),
    ...(throughputPerAccelerator === undefined ? {} : { throughputPerAccelerator }),
    ...(latency === undefined ? {} : { latency }),
    ...(energyPerOutputToken === undefined ? {} : { energyPerOutputToken }),
  };
}
