import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { Provenance } from '../../model/index.ts';
import type { AvailabilityTrace } from '../availability-trace.ts';
import type { ObservedOffering, ObservedSpan } from './observed-offering.ts';

/** Missing stretches that are named one by one. */
const GAPS_SHOWN = 3;

/** A trace, and what is wrong with it. */
export interface AssembledTrace {
  readonly trace: AvailabilityTrace;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Joins the spans of an offering into a trace. Ticks that nobody observed hold no nodes: a plan must not count on capacity that was never
 * seen. Diagnostics: `spot-trace-overlap` (of overlapping spans the earlier one is kept), `spot-trace-gap`.
 */
export function assembleTrace(
  offering: ObservedOffering,
  fileName: string,
  provenance: Provenance,
): AssembledTrace {
  const spans = [...offering.spans].sort((a, b) => a.start - b.start || a.line - b.line);
  const runStart: number[] = [];
  const runNodes: number[] = [];
  const gaps: Gap[] = [];
  const diagnostics: Diagnostic[] = [];
  const add = (start: number, nodes: number): void => {
    if (runNodes.at(-1) === nodes) return;
    runStart.push(start);
    runNodes.push(nodes);
  };
  let end = 0;
  let before: ObservedSpan | undefined;
  for (const span of spans) {
    if (span.start < end && before !== undefined) {
      diagnostics.push(overlap(offering, fileName, before, span));
      continue;
    }
    if (span.start > end) {
      gaps.push({ from: end, to: span.start, line: span.line });
      add(end, 0);
    }
    add(span.start, span.nodes);
    end = span.start + span.length;
    before = span;
  }
  if (gaps.length > 0) diagnostics.push(missing(offering, fileName, gaps, end));
  const { id, campaign, zone, instanceType, kind, tickSeconds, mostNodes } = offering;
  const trace = {
    ...{ id, campaign, zone, instanceType, kind, tickSeconds, ticks: end },
    ...{ runStart: Int32Array.from(runStart), runNodes: Int32Array.from(runNodes), mostNodes, provenance },
  };
  return { trace, diagnostics };
}

/** Ticks `from` to before `to`, found at a line. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly line: number;
}

function overlap(
  offering: ObservedOffering,
  file: string,
  before: ObservedSpan,
  span: ObservedSpan,
): Diagnostic {
  return diagnostic('spot-trace-overlap', {
    summary: `Lines ${before.line} and ${span.line} of ${file} both tell of tick ${span.start} of ${offering.id}.`,
    path: file,
    source: { file, line: span.line },
    fix: 'Remove one of them, or give the offerings different names.',
  });
}

function missing(offering: ObservedOffering, file: string, gaps: readonly Gap[], ticks: number): Diagnostic {
  const count = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  const named = gaps.slice(0, GAPS_SHOWN).map(({ from, to }) => `${from} to ${to - 1}`);
  const more = gaps.length > GAPS_SHOWN ? ` and ${gaps.length - GAPS_SHOWN} more stretches` : '';
  return diagnostic('spot-trace-gap', {
    summary: `${offering.id} misses ${count} of ${ticks} ticks: ${named.join(', ')}${more}.`,
    detail: 'They count as time without capacity, so that nothing is planned on what was never seen.',
    path: file,
    source: { file, line: gaps[0]?.line ?? 1 },
    fix: 'Fill the gap, or ask for traces with gaps to be refused.',
  });
}
