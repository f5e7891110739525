/**
 * The public library: declarations for stacks, policy rules in code, and everything the command line does.
 * A stack imports from here: `import { Fleet, HardwarePool, LlmService } from 'plimsoll';`.
 */
export * from './constructs/index.ts';
export * from './engine/index.ts';
export { definePack, defineRule } from './policy/index.ts';
export type { Diagnostic, Outcome } from './diagnostics/index.ts';
export type { EstimateReport, SearchReport, SimulationReport } from './report/index.ts';
export type {
  Allocation,
  ArrivalProfile,
  Candidate,
  CostReport,
  Decision,
  EvaluatedCandidate,
  LimitsDocument,
  LoadEvidence,
  Objective,
  Offering,
  PlanDocument,
  PolicyReport,
  PolicyVerdict,
  Precision,
  Problem,
  ProblemDocument,
  Provenance,
  ServingChoice,
} from './model/index.ts';
export type {
  BandwidthText,
  DurationText,
  HourlyUsdText,
  MonthlyUsdText,
  PercentText,
  RateText,
  SizeText,
  TokenEnergyText,
  TokenPriceText,
  TokenRateText,
} from './units/index.ts';
