/**
 * The public library: declarations for stacks, policy rules in code, and everything the command line does.
 * A stack imports from here: `import { Fleet, HardwarePool, LlmService } from 'plimsoll';`.
 */
export * from './constructs/index.ts';
export * from './engine/index.ts';
export { definePack, defineRule } from './policy/index.ts';
export { parsePlan } from './plan/index.ts';
export { nodeGroupSpecs, pulumiPrograms, visitValue } from './synth/index.ts';
export type {
  JoinedText,
  NodeGroupSpec,
  PulumiObject,
  PulumiProgram,
  PulumiResource,
  PulumiSetting,
  PulumiValue,
  ResourceReference,
  SettingReference,
} from './synth/index.ts';
export type { Diagnostic, Outcome } from './diagnostics/index.ts';
export type { EstimateReport, SearchReport, SimulationReport } from './report/index.ts';
export type {
  Allocation,
  ArrivalProfile,
  Candidate,
  CostReport,
  CpuArchitecture,
  DaemonsetsDocument,
  Decision,
  EvaluatedCandidate,
  InstanceSelectorDocument,
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
  ServiceDocument,
  ServicePerformanceDocument,
  ServiceSloDocument,
  ServingChoice,
} from './model/index.ts';
export type {
  BandwidthText,
  CpuText,
  DurationText,
  HourlyUsdText,
  MemoryText,
  MonthlyUsdText,
  PercentText,
  RateText,
  SizeText,
  TokenEnergyText,
  TokenPriceText,
  TokenRateText,
} from './units/index.ts';
