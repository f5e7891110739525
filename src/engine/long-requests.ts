import { diagnostic } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import type { ResolvedWorkload } from '../model/index.ts';
import { sampleShape } from '../traffic/index.ts';
import { formatPercent } from '../units/index.ts';

/** Requests drawn to see how long they are; a share of one in a thousand is then known within a fifth. */
const SAMPLE = 20_000;
/** Share of refused requests from which a plan would be worth nothing: a p99 promise leaves out one in a hundred. */
const TOLERABLE_SHARE = 0.01;
/** Share below which nothing is said. */
const NOTABLE_SHARE = 0.0005;

/**
 * Requests whose input and output together exceed the longest sequence served: an engine refuses them, so they must not
 * vanish from the evidence. A warning below one percent, an error above: then the declared length or the model is wrong.
 */
export function longRequestDiagnostics(resolved: ResolvedWorkload): readonly Diagnostic[] {
  const { workload, architecture } = resolved;
  const declared = workload.maxModelLength;
  const limit = declared > 0 ? Math.min(declared, architecture.maxContext) : architecture.maxContext;
  const lengths = sequenceLengths(resolved);
  const share =
    lengths.reduce((count, length) => count + (length > limit ? 1 : 0), 0) / Math.max(1, lengths.length);
  if (share < NOTABLE_SHARE) return [];
  const needed = lengths.toSorted()[Math.floor(0.9995 * (lengths.length - 1))] ?? limit;
  return [
    diagnostic('traffic-too-long', {
      severity: share > TOLERABLE_SHARE ? 'error' : 'warning',
      summary: `${formatPercent(share, 2)} of the requests of ${workload.id} are longer than the ${limit} tokens that are served; they would be refused.`,
      path: workload.path,
      fix:
        needed <= architecture.maxContext
          ? `Set maxModelLength to ${Math.ceil(needed / 1024) * 1024} or more.`
          : `${architecture.name} takes ${architecture.maxContext} tokens at most: choose a model with a longer context, or leave such requests out of the trace.`,
    }),
  ];
}

function sequenceLengths({ workload, profile, trace }: ResolvedWorkload): Int32Array {
  const { isl, osl } =
    trace ?? sampleShape(profile, { count: SAMPLE, seed: 1, name: `lengths/${workload.id}` });
  return isl.map((input, index) => input + (osl[index] ?? 0));
}
