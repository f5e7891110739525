import { failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { compareText } from '../../units/index.ts';
import type { SynthesisSource } from '../files.ts';
import { shortenedName } from '../kubernetes/names.ts';
import { eksNodeGroups } from './aws.ts';
import { aksAgentPools } from './azure.ts';
import type { CloudResources, RegionGroups } from './cloud-program.ts';
import { gkeNodePools } from './gcp.ts';
import { nodeGroupSpecs } from './node-group-spec.ts';
import type { NodeGroupSpec } from './node-group-spec.ts';
import type { Cloud, PulumiProgram } from './program.ts';
import { distinctSettings } from './settings.ts';

/** Longest name of a project; Pulumi Cloud takes 100 characters. */
const MAX_PROJECT_NAME = 100;

const CLOUDS: Readonly<Record<Cloud, (region: RegionGroups) => CloudResources>> = {
  aws: eksNodeGroups,
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
  const regions = Map.groupBy(specs.value, (spec) => `${spec.cloud}\n${spec.region}`);
  const built = [...regions.values()].flatMap((groups) => programOf(source.stack, groups));
  const diagnostics = [...specs.diagnostics, ...built.flatMap((item) => item.diagnostics)];
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
  const { settings, resources, diagnostics } = CLOUDS[cloud]({ stack, region, groups });
  const program = {
    name: shortenedName(`${stack}-${cloud}-${region}`, MAX_PROJECT_NAME),
    description: `Node groups of the plan ${stack} in ${region}, for a cluster of ${CLUSTERS[cloud]}`,
    cloud,
    region,
    settings: distinctSettings(settings),
    resources,
  };
  return [{ program, diagnostics }];
}
