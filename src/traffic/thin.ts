import type { RequestColumns } from '../model/index.ts';
import { pick } from './request-store.ts';

/**
 * Every `every`-th request of a trace (every ≥ 1, a whole number), beginning with request `offset` (0 ≤ offset < every):
 * what one of `every` replicas sees under round robin. Arrival times stay as they are.
 */
export function thinTrace(trace: RequestColumns, every: number, offset = 0): RequestColumns {
  const count = Math.max(0, Math.ceil((trace.arrival.length - offset) / every));
  return pick(
    trace,
    new Uint32Array(count).map((_, i) => offset + i * every),
  );
}
