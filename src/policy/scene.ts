import { toCel } from './cel-values.ts';
import { isJsonObject, objectAt, textAt } from './json.ts';
import type { JsonObject } from './json.ts';
import type { ParameterValue, RuleTarget } from './rule.ts';
import type { PlanView, ProblemView, RuleContext, SubjectViews } from './views.ts';

/** One thing that rules judge. */
export interface Subject {
  readonly target: RuleTarget;
  /** Id by which waivers name it: `chat`, `Deployment/llm/chat-base`. */
  readonly id: string;
  /** Place for diagnostics: a document path, or the path of the manifest. */
  readonly path: string;
  readonly value: SubjectViews[RuleTarget];
}

/** One manifest and where it will be written. */
export interface ManifestFile {
  readonly path: string;
  readonly manifest: JsonObject;
}

/** Everything rules see that is the same for all of them, as plain data and as CEL values. */
export interface Scene {
  readonly context: Omit<RuleContext, 'params'>;
  readonly cel: { readonly problem: unknown; readonly plan: unknown; readonly manifests: unknown };
}

/** The scene of one evaluation. Manifests keep their order. */
export function sceneOf(problem: ProblemView, plan: PlanView, manifests: readonly JsonObject[]): Scene {
  return {
    context: { problem, plan, manifests },
    cel: {
      problem: toCel(problem, 'double'),
      plan: toCel(plan, 'double'),
      manifests: toCel(manifests, 'integer'),
    },
  };
}

/** Parameters by name. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Every subject of a planning result except manifests, in stable order. */
export function plannedSubjects(problem: ProblemView, plan: PlanView): readonly Subject[] {
  const paths = (list: string) => (index: number) => `${list}[${index}]`;
  const models = plan.workloads.filter((workload) => workload.kind !== 'service').length;
  const workloadPath = (index: number): string =>
    index < models ? paths('workloads')(index) : paths('services')(index - models);
  const poolPath = paths('pools');
  return [
    { target: 'problem', id: problem.name, path: '', value: problem },
    { target: 'plan', id: plan.stack, path: '', value: plan },
    ...plan.workloads.map((value, index): Subject => ({
      target: 'workload',
      id: value.id,
      path: workloadPath(index),
      value,
    })),
    ...plan.pools.map((value, index): Subject => ({
      target: 'pool',
      id: value.id,
      path: poolPath(index),
      value,
    })),
    ...plan.allocations.map((value): Subject => ({
      target: 'allocation',
      id: value.id,
      path: value.id,
      value,
    })),
  ];
}

/** A manifest as a subject. */
export function manifestSubject(file: ManifestFile): Subject {
  return { target: 'manifest', id: manifestId(file.manifest), path: file.path, value: file.manifest };
}

/** `Deployment/llm/chat-base`; objects without a namespace leave it out: `NodePool/h100`. */
export function manifestId(manifest: JsonObject): string {
  const metadata = objectAt(manifest, 'metadata');
  return [textAt(manifest, 'kind'), textAt(metadata, 'namespace'), textAt(metadata, 'name')]
    .filter((part) => part !== '')
    .join('/');
}

/** `workload chat`: how verdicts name a subject. */
export function subjectName(subject: Pick<Subject, 'target' | 'id'>): string {
  return `${subject.target} ${subject.id}`;
}

/** Whether a subject is a manifest, and its object if so. */
export function manifestOf(subject: Subject): JsonObject | undefined {
  return subject.target === 'manifest' && isJsonObject(subject.value) ? subject.value : undefined;
}
