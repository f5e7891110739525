export { scoreMeasurements } from './accuracy.ts';
export type { AccuracyOptions, AccuracyReport, AccuracyRows, UnpredictedRow } from './accuracy.ts';
export { calibrateDeployments } from './calibrate.ts';
export type { CalibrateOptions, Calibration } from './calibrate.ts';
export { loadCalibrations } from './calibration-files.ts';
export type { CalibrationPlace } from './calibration-files.ts';
export { applyPlan } from './cluster/apply.ts';
export type { ApplyOptions } from './cluster/apply.ts';
export { planHash } from './cluster/applicable-plan.ts';
export { driftOfPlan } from './cluster/drift.ts';
export type { DriftOptions } from './cluster/drift.ts';
export type { ClusterChoice } from '../apply/index.ts';
export { importCatalog, listCatalog } from './catalog.ts';
export type { ImportOptions } from './catalog.ts';
export { comparePlans, isStackPath, withObjects } from './diff.ts';
export type { Comparison, ComparisonOptions } from './diff.ts';
export { writeSimulationChart, writeSpotSimulationChart } from './chart-file.ts';
export type { DeploymentOptions, RoleOptions } from './deployment.ts';
export { estimateConfiguration } from './estimate.ts';
export type { EstimateOptions } from './estimate.ts';
export type { PriceOptions } from './estimate-price.ts';
export type { ReplicaOptions } from './replica-options.ts';
export type { StageOptions } from './stage-options.ts';
export { examine } from './doctor.ts';
export type { HealthCheck } from './doctor.ts';
export { explainWorkload } from './explain.ts';
export { FOCUS_VERSIONS, GRANULARITIES, GROUPINGS, MONTH_BASES } from '../cost/index.ts';
export { accountOfPlan, compareCosts, validateFocusFile } from './finance/index.ts';
export type {
  AccountOptions,
  ChargesChoice,
  CheckedFocusFile,
  CompareOptions,
  CostAccount,
  CurrencyChoice,
} from './finance/index.ts';
export { checkFreshness } from './freshness.ts';
export { importCharacterisation } from './import-characterisation/index.ts';
export type { Characterisation, CharacterisationOptions } from './import-characterisation/index.ts';
export { importLive } from './import-live/index.ts';
export type { ImportLiveOptions, ImportedCluster, WorkloadUsage } from './import-live/index.ts';
export { importManifests } from './import-manifests/index.ts';
export type {
  DefaultRequests,
  ImportManifestsOptions,
  ImportedStack,
  StackForm,
} from './import-manifests/index.ts';
export { loadPack, loadPacks, shippedPackNames } from './load-policies.ts';
export { loadStack } from './load-stack.ts';
export type { LoadedStack } from './load-stack.ts';
export { gatherCrewFor } from './measuring/gather-crew.ts';
export type { GatheredCrew, MeasuringOptions } from './measuring/gather-crew.ts';
export type { MeasurementOptions } from './measurement-files.ts';
export type { EngineHost, EngineMessage } from './messages.ts';
export { importOperatorTables } from './operator-tables.ts';
export type { ImportedTables, OperatorTablesOptions } from './operator-tables.ts';
export { packCluster } from './pack/pack-cluster.ts';
export type { PackClusterOptions } from './pack/pack-cluster.ts';
export { packageRoot, toolVersion } from './package-root.ts';
export { PLANS_FOLDER, planFolder, readPlan, writePlan } from './plan-folder.ts';
export type { StoredPlan } from './plan-folder.ts';
export { changeOfWritten } from './plan-change.ts';
export { DEFAULT_PROFILE, planStack } from './plan-stack.ts';
export type { PlanOptions, PlannedStack } from './plan-stack.ts';
export { checkPolicies } from './policy-check.ts';
export type { PolicyCheck, PolicyCheckOptions } from './policy-check.ts';
export { exportPolicyObjects } from './policy-export.ts';
export type { ExportedPolicies, PolicyExportOptions } from './policy-export.ts';
export { testPacks } from './policy-test.ts';
export { writePulumiProjects } from './pulumi-projects.ts';
export type { PulumiOptions, PulumiProjects } from './pulumi-projects.ts';
export { MOST_SIMULATED, REPORT_FILE, composeReport, makeReport, writableReport } from './report/index.ts';
export type { MadeReport, ReportOptions, ReportRequest } from './report/index.ts';
export { resolveStack } from './resolve-problem.ts';
export type { StackOverrides } from './resolve-problem.ts';
export { resynthesize } from './resynthesize.ts';
export type { Resynthesis, ResynthesisOptions } from './resynthesize.ts';
export { parseCluster } from './search/cluster-text.ts';
export type { ClusterPart } from './search/cluster-text.ts';
export { writeSearchChart } from './search/search-chart.ts';
export { searchCluster } from './search/search-cluster.ts';
export type { SearchClusterRequest, SearchedCluster } from './search/search-cluster.ts';
export type { SearchClusterOptions } from './search/search-options.ts';
export { writeSearch } from './search/write-search.ts';
export { simulatePlanOnSpot } from './spot-simulation/simulate-spot.ts';
export type { ReplayPolicy, SpotSimulationOptions } from './spot-simulation/simulate-spot.ts';
export type { TraceMapping } from './spot-records/match-traces.ts';
export { simulateConfiguration, simulatePlan } from './simulate.ts';
export type { PlanSimulationOptions, SimulationOptions } from './simulate.ts';
export type { TrafficOptions } from './simulated-requests.ts';
export { fitTraffic, trafficDocument } from './traffic.ts';
export type { FitOptions, FittedTraffic } from './traffic.ts';
export { validateStack } from './validate.ts';
export type { ValidStack } from './validate.ts';
export { writeFolder } from './write-folder.ts';
export { whatIf } from './what-if/what-if.ts';
export type { WhatIfAnswer, WhatIfOptions } from './what-if/what-if.ts';
export type { VariantRequest } from './what-if/variants.ts';
export { planVariants } from './what-if/plan-variants.ts';
export { sensitivityOf } from './what-if/sensitivity.ts';
export type { SensitivityOptions } from './what-if/sensitivity.ts';
export type { ExplainedWorkload } from './explain.ts';
