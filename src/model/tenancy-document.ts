import type { PercentText } from '../units/index.ts';

/** Who may reach what, and how much may run, in the namespaces of a stack. */
export interface TenancyDocument {
  /** Pods reach others and are reached only where the plan needs it. Default: true. */
  readonly networkPolicies?: boolean;
  /** Namespaces whose pods may call language models, and services that take requests from outside. Default: every namespace. */
  readonly clients?: readonly string[];
  /** Bounds what the stack may take in each namespace by what the plan needs at its peak. Default: false. */
  readonly quotas?: boolean;
  /**
   * Share of the peak that quotas and queues leave above it. Default: 100%, so that the pods of a changed plan can start
   * before those of the old one go.
   */
  readonly quotaRoom?: PercentText;
  /** Who admits pods: `kueue` writes queues with the quotas of the plan. Default: nobody, pods start at once. */
  readonly queues?: QueueingSystem;
}

/** A system that holds pods back until their quota has room. */
export type QueueingSystem = 'kueue';
