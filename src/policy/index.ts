export { SHIPPED_PACKS, checkRules } from './bind-rules.ts';
export { CEL_VARIABLES } from './cel-environment.ts';
export { describeRules } from './describe-rules.ts';
export type { RuleDescription } from './describe-rules.ts';
export { evaluatePolicies } from './evaluate-policies.ts';
export type { PolicyEvaluation, PolicyInput } from './evaluate-policies.ts';
export { EXPORT_TARGETS, exportPolicies } from './export/export-policies.ts';
export type { ExportInput, ExportTarget, NotExported, PolicyExport } from './export/export-policies.ts';
export type { ObstacleCode } from './export/obstacle.ts';
export type { PolicyScope } from './export/policy-objects.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { PACK_API_VERSION, PACK_SCHEMA } from './pack-schema.ts';
export { parsePack } from './parse-pack.ts';
export { definePack, defineRule, isRulePack } from './rule.ts';
export type {
  CelRule,
  CodeRule,
  NamedExpression,
  PackDefinition,
  PackParameter,
  ParameterValue,
  RemediationStep,
  Rule,
  RuleDefinition,
  RuleFacts,
  RuleMatch,
  RulePack,
  RuleTarget,
  RuleTest,
} from './rule.ts';
export { manifestId } from './scene.ts';
export type { ManifestFile } from './scene.ts';
export { testPack } from './test-pack.ts';
export type { PackTestReport, RuleTestResult } from './test-pack.ts';
export type * from './views.ts';
export { parseQuantity } from './quantity.ts';
