export { APPLIED_KINDS, APPLY_WAVES, applyWave, compareObjects, orderForApply } from './apply-order.ts';
export type { AppliedTogether, ApplyWave, OrderedObject } from './apply-order.ts';
export { engineCommand } from './engines/flag-table.ts';
export type {
  ConfigRow,
  EngineCommand,
  EngineMetrics,
  EnginePort,
  EngineTable,
  EnvironmentRow,
  EnvironmentValue,
  FlagRow,
  FlagValue,
} from './engines/flag-table.ts';
export type { GroupPosition, Launch, LaunchField } from './engines/launch.ts';
export { ENGINE_TABLES } from './engines/tables.ts';
export type { VersionRange } from '../catalog/index.ts';
export type { JsonObject, JsonValue, SynthesisSource, SynthesizedFile } from './files.ts';
export {
  ALLOCATION_LABEL,
  MAX_REPLICAS_ANNOTATION,
  MIN_REPLICAS_ANNOTATION,
  WORKLOAD_LABEL,
  stackLabels,
} from './kubernetes/labels.ts';
export { TARGET_PROFILES, findTargetProfile } from './kubernetes/profiles/registry.ts';
export type { TargetProfile } from './kubernetes/profiles/target-profile.ts';
export { labelValue } from './kubernetes/names.ts';
export { hourlyReplicas } from './kubernetes/schedule.ts';
export type { NodeGroupSpec } from './pulumi/node-group-spec.ts';
export { nodeGroupSpecs } from './pulumi/node-group-spec.ts';
export type { Cloud, PulumiProgram, PulumiResource, PulumiSetting } from './pulumi/program.ts';
export { pulumiPrograms } from './pulumi/pulumi-programs.ts';
export { synthesizePulumi } from './pulumi/synthesize-pulumi.ts';
export type { WrittenProgram } from './pulumi/synthesize-pulumi.ts';
export { visitValue } from './pulumi/values.ts';
export type {
  JoinedText,
  PulumiObject,
  PulumiValue,
  ResourceReference,
  SettingReference,
  ValueVisitor,
} from './pulumi/values.ts';
export { fileOfObject, synthesize } from './synthesize.ts';
export type { SynthesisOptions } from './synthesize.ts';
