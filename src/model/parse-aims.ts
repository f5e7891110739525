import type { ObjectiveLimits, PlanningAims } from './objective.ts';
import { read } from './parse-quantities.ts';
import type { AimsDocument, LimitsDocument } from './problem-document.ts';

/** Aims where nothing is said. */
const NO_AIMS: PlanningAims = { objective: 'cost', limits: {} };

/** The aims of a validated document; what it does not say is taken from `inherited`, limits one by one. */
export function parseAims(document: AimsDocument, inherited: PlanningAims = NO_AIMS): PlanningAims {
  const confidence =
    document.confidence === undefined ? inherited.confidence : read('percent', document.confidence);
  return {
    objective: document.objective ?? inherited.objective,
    limits: { ...inherited.limits, ...parseLimits(document.limits ?? {}) },
    ...(confidence === undefined ? {} : { confidence }),
  };
}

function parseLimits(document: LimitsDocument): ObjectiveLimits {
  const { costPerMillionTokens, throughputPerAccelerator, latency, energyPerOutputToken } = document;
  return {
    ...(costPerMillionTokens === undefined
      ? {}
      : { costPerMillionTokens: read('tokenPrice', costPerMillionTokens) }),
    ...(throughputPerAccelerator === undefined
      ? {}
      : { throughputPerAccelerator: read('tokenRate', throughputPerAccelerator) }),
    ...(latency === undefined ? {} : { latency: read('duration', latency) }),
    ...(energyPerOutputToken === undefined
      ? {}
      : { energyPerOutputToken: read('tokenEnergy', energyPerOutputToken) }),
  };
}
