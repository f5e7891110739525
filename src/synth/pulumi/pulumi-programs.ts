import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { compareText } from '../../units/index.ts';
import type { SynthesisSource } from '../files.ts';
import { shortenedName } from '../kubernetes/names.ts';
import { eksNodeClass } from './aws-karpenter.ts';
import { eksNodeGroups } from './aws.ts';
import { aksAgentPools } from './azure.ts';
import type { CloudResources, RegionGroups } from './cloud-program.ts';
import { gkeNodePools } from './gcp.ts';
import { nodeGroupSpecs } from './node-group-spec.ts';
import type { NodeGroupSpec } from './node-group-spec.ts';
import type { Cloud, PulumiProgram, PulumiResource } from './program.ts';
import { distinctSettings, settingCollisions } from './settings.ts';

/** Longest name of a project; Pulumi Cloud takes 100 characters. */
const MAX_PROJECT_NAME = 100;

const CLOUDS: Readonly<Record<Cloud, (region: RegionGroups) => CloudResources>> = {
  aws: eksNodes,
  gcp: gkeNodePools,
  azure: aksAgentPools,
};

const CLUSTERS: Readonly<Record<Cloud, string>> = { aws: 'EKS', gcp: 'GKE', azure: 'AKS' };

/**
 * The programs that build the node groups of a plan, one per cloud and region, sorted by name; empty where the plan buys nothing of a
 * cloud. Errors, all at once: `synth-unsupported`, `synth-name-collision`; warnings name what is left out.
 */
export function pulumiPrograms(source: SynthesisSource): Outcome<readonly PulumiProgram[]> {
  const specs = nodeGroupSpecs(source);
  if (!specs.ok) return specs;
  const made = specs.value.filter((spec) => !isAutoProvisioned(spec));
  const regions = Map.groupBy(made, (spec) => `${spec.cloud}\n${spec.region}`);
  const built = [...regions.values()].flatMap((groups) => programOf(source.stack, groups));
  const diagnostics = [
    ...specs.diagnostics,
    ...specs.value.filter(isAutoProvisioned).map(autoProvisioned),
    ...built.flatMap((item) => item.diagnostics),
  ];
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  const programs = built.map((item) => item.program);
  return success(
    programs.sort((a, b) => compareText(a.name, b.name)),
    diagnostics,
  );
}

function programOf(
  stack: string,
  groups: readonly NodeGroupSpec[],
): readonly { readonly program: PulumiProgram; readonly diagnostics: CloudResources['diagnostics'] }[] {
  const first = groups[0];
  if (first === undefined) return [];
  const { cloud, region } = first;
  const { settings, resources, diagnostics, nodeClasses = [] } = CLOUDS[cloud]({ stack, region, groups });
  const program = {
    name: shortenedName(`${stack}-${cloud}-${region}`, MAX_PROJECT_NAME),
    description: `Node groups of the plan ${stack} in ${region}, for a cluster of ${CLUSTERS[cloud]}`,
    cloud,
    region,
    settings: distinctSettings(settings),
    resources: distinctResources(resources),
    nodeClasses,
  };
  return [{ program, diagnostics: [...diagnostics, ...settingCollisions(settings)] }];
}

/** Node groups of EKS and what Karpenter needs, each as far as pools ask for it; both share the role of the nodes. */
function eksNodes({ stack, region, groups }: RegionGroups): CloudResources {
  const of = (provisioning: NodeGroupSpec['provisioning']): RegionGroups => ({
    stack,
    region,
    groups: groups.filter((spec) => spec.provisioning === provisioning),
  });
  const parts = [
    ...(of('managed').groups.length === 0 ? [] : [eksNodeGroups(of('managed'))]),
    ...(of('karpenter').groups.length === 0 ? [] : [eksNodeClass(of('karpenter'))]),
  ];
  return {
    settings: parts.flatMap((part) => part.settings),
    resources: parts.flatMap((part) => part.resources),
    diagnostics: parts.flatMap((part) => part.diagnostics),
    nodeClasses: parts.flatMap((part) => part.nodeClasses ?? []),
  };
}

/** Each resource once, by id, where it comes first. */
function distinctResources(resources: readonly PulumiResource[]): readonly PulumiResource[] {
  const ids = resources.map(({ id }) => id);
  return resources.filter(({ id }, index) => ids.indexOf(id) === index);
}

/** Node auto-provisioning of AKS makes nodes and its node class `default` by itself. */
function isAutoProvisioned({ cloud, provisioning }: NodeGroupSpec): boolean {
  return cloud === 'azure' && provisioning === 'karpenter';
}

function autoProvisioned({ name, pool }: NodeGroupSpec): Diagnostic {
  return diagnostic('synth-unsupported', {
    severity: 'warning',
    summary: `No agent pool is written for ${name}.`,
    detail:
      'Its pool leaves nodes to Karpenter; node auto-provisioning of AKS makes nodes and the node class by itself.',
    path: `problem.pools[${pool}]`,
    fix: "Declare nodeProvisioning: 'managed' on the pool for an agent pool.",
  });
}
