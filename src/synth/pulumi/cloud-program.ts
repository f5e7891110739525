import type { Diagnostic } from '../../diagnostics/index.ts';
import type { JsonObject } from '../files.ts';
import type { NodeGroupSpec } from './node-group-spec.ts';
import type { PulumiResource, PulumiSetting } from './program.ts';

/** The node groups of one region of one cloud, sorted by name; at least one. */
export interface RegionGroups {
  readonly stack: string;
  readonly region: string;
  readonly groups: readonly NodeGroupSpec[];
}

/** What a cloud makes of node groups: settings it needs and resources that build them. */
export interface CloudResources {
  readonly settings: readonly PulumiSetting[];
  readonly resources: readonly PulumiResource[];
  /** Errors (`synth-unsupported`) and warnings. */
  readonly diagnostics: readonly Diagnostic[];
  /** Node classes of Karpenter that belong to the resources. */
  readonly nodeClasses?: readonly JsonObject[];
}

/** Tags that say which plan bought a resource; keys that every cloud accepts. */
export function ownerTags(of: { readonly stack: string; readonly pool?: string }): Record<string, string> {
  return { 'plimsoll-stack': of.stack, ...(of.pool === undefined ? {} : { 'plimsoll-pool': of.pool }) };
}

/** The effect of a taint as EKS and GKE write it: `NO_SCHEDULE`. */
export function screamingEffect(effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'): string {
  switch (effect) {
    case 'NoSchedule':
      return 'NO_SCHEDULE';
    case 'PreferNoSchedule':
      return 'PREFER_NO_SCHEDULE';
    case 'NoExecute':
      return 'NO_EXECUTE';
  }
}
