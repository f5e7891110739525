import type { RequestLimits } from './fleet-ledger.ts';
import type { FleetOffering } from './fleet-offering.ts';
import type { FleetPolicy } from './fleet-policy.ts';
import type { RequestStream } from './request-stream.ts';

/** A fleet under availability traces, the requests that come to it, and the policy that steers it. */
export interface SpotFleetOptions {
  /** At least one; those without a trace can always be had. */
  readonly offerings: readonly FleetOffering[];
  readonly requests: RequestStream;
  readonly policy: FleetPolicy;
  /** Seconds simulated; traces begin `offset` seconds after their own start (default 0). */
  readonly seconds: number;
  readonly offset?: number;
  /** Seconds between decisions of the policy; default 20, that of SkyServe's controller (SkyPilot, 2025). */
  readonly tick?: number;
  /** What a request must keep to count as attained; default nothing but being served. */
  readonly limits?: RequestLimits;
  /** Seconds after which a request that nobody began is given up; default 100, that of SkyServe's evaluation (2024). */
  readonly timeout?: number;
  /**
   * Who is begun first: those who came first (default), or those who can still get their first token within `limits.ttft`,
   * the others when nobody else waits.
   */
  readonly order?: 'arrival' | 'deadline';
  /** Whether requests whose replica goes are begun again elsewhere; default true. */
  readonly retries?: boolean;
  /** Seconds that a replica ended by the policy has to finish what it runs; default 120 (*assumed*). */
  readonly grace?: number;
  /** Replicas that the load needs at a moment, for the share of time at full capacity; default 0. */
  readonly needed?: (seconds: number) => number;
  /** Seed of the choice which replicas the cloud takes back first; default 1. */
  readonly seed?: number;
}
