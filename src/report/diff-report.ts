import type { PlanDiff } from '../plan/index.ts';
import { diffSentence } from './diff-phrases.ts';

/**
 * Version of the JSON that `plimsoll diff --json` gives. Promise: a minor version only adds fields; one that is removed or
 * means something else raises the major version.
 */
export const DIFF_FORMAT_VERSION = '1.0';

/** A difference as data: what was compared, the sentence that people read, and every part of the difference. */
export interface DiffReport extends PlanDiff {
  readonly formatVersion: string;
  /** What was compared, as it was named. */
  readonly compared: { readonly before: string; readonly after: string };
  readonly sentence: string;
}

/** Makes the report of a difference; computes nothing. */
export function diffReport(diff: PlanDiff, compared: DiffReport['compared']): DiffReport {
  return { formatVersion: DIFF_FORMAT_VERSION, compared, sentence: diffSentence(diff), ...diff };
}
