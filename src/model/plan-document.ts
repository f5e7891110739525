import type { CostReport } from './cost.ts';
import type { Decision } from './decision.ts';
import type { Offering } from './pool.ts';
import type { PolicyReport } from './policy.ts';
import type { ProblemDocument } from './problem-document.ts';
import type { Evidence } from './provenance.ts';

/**
 * Version of the plan format. Promise: a program reads every plan of the same major version; a minor
 * version only adds optional fields; a removed or re-defined field raises the major version.
 */
export const PLAN_FORMAT_VERSION = '1.3';

/** The reviewable plan: decision, proof, evidence, price and verdicts in one value. */
export interface PlanDocument {
  readonly formatVersion: string;
  readonly stack: string;
  /** Errored plans are never written; a plan with a mandatory violation is complete but not applicable. */
  readonly applicable: boolean;
  readonly inputs: PlanInputs;
  /** The declared problem, normalised; a reader needs no other file to understand the plan. */
  readonly problem: ProblemDocument;
  /** The offerings that were bought or weighed, sorted by id. */
  readonly offerings: readonly Offering[];
  readonly traffic: readonly PlannedTraffic[];
  /** Traffic of services, sorted by workload; absent where no service is declared. */
  readonly serviceTraffic?: readonly PlannedServiceTraffic[];
  readonly decision: Decision;
  readonly cost: CostReport;
  readonly policy: PolicyReport;
  /** Objects written beside the plan, sorted by path. */
  readonly objects: readonly PlannedObject[];
  readonly assumptions: readonly Assumption[];
}

/** Hashes (SHA-256 over canonical JSON, hex) of everything that decided the plan. */
export interface PlanInputs {
  readonly toolVersion: string;
  /** The stack's file, relative to the working directory with forward slashes; `stdin` when it was piped in. */
  readonly stackFile: string;
  readonly seed: number;
  /** Command line flags that change the plan, sorted by name. */
  readonly flags: Readonly<Record<string, string>>;
  readonly hashes: {
    /** The declared problem. */
    readonly problem: string;
    readonly catalog: string;
    readonly prices: string;
    readonly coefficients: string;
    readonly traffic: string;
    readonly policies: string;
  };
  /** Oldest and newest date among the prices used. */
  readonly priceDates: { readonly oldest: string; readonly newest: string };
}

/** The traffic a workload was planned for, in figures. */
export interface PlannedTraffic {
  readonly workload: string;
  readonly profile: string;
  readonly source: string;
  readonly meanRate: number;
  readonly peakRate: number;
  readonly burstiness: number;
  readonly prefixHitRate: number;
  readonly isl: { readonly mean: number; readonly p50: number; readonly p99: number };
  readonly osl: { readonly mean: number; readonly p50: number; readonly p99: number };
}

/** The requests that a service was planned for, in requests per second. */
export interface PlannedServiceTraffic {
  readonly workload: string;
  /** All that reach it, those of services that call it included: mean over the week, and the busiest hour. */
  readonly meanRate: number;
  readonly peakRate: number;
  /** Those from outside, by class, sorted by id; empty where only other services call it. */
  readonly classes: readonly PlannedRequestClass[];
}

/** Requests of one kind from outside, in requests per second. */
export interface PlannedRequestClass {
  readonly id: string;
  readonly meanRate: number;
  readonly peakRate: number;
  readonly burstiness: number;
}

/** One manifest written beside the plan. */
export interface PlannedObject {
  /** Path below the plan's folder, with forward slashes. */
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
}

/** A statement the plan rests on and how well it is known. */
export interface Assumption {
  readonly subject: string;
  readonly statement: string;
  readonly evidence: Evidence;
}
