import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { testPack } from '../policy/index.ts';
import type { PackTestReport } from '../policy/index.ts';
import { loadPack } from './load-policies.ts';
import type { EngineHost } from './messages.ts';

/**
 * Runs the examples that the rules of packs carry. Packs are named as in a policy: shipped names, or files relative to the working
 * directory. An example that gives something else than it says fails (`policy-test-failed`); a rule without a passing or
 * without a failing example is reported as a warning.
 */
export async function testPacks(
  packs: readonly string[],
  host: EngineHost,
): Promise<Outcome<readonly PackTestReport[]>> {
  const loaded = await Promise.all(
    packs.map((pack) => loadPack({ pack, path: '' }, host.workingDirectory, host)),
  );
  const diagnostics = loaded.flatMap((outcome) => outcome.diagnostics);
  if (loaded.some((outcome) => !outcome.ok)) return failure(...diagnostics);
  const reports = loaded.flatMap((outcome) => (outcome.ok ? [testPack(outcome.value)] : []));
  return success(reports, [...diagnostics, ...reports.flatMap(problemsOf)]);
}

function problemsOf(report: PackTestReport): readonly Diagnostic[] {
  const failed = report.results.filter((result) => !result.passed);
  return [
    ...failed.map((result) =>
      diagnostic('policy-test-failed', {
        summary: `Example "${result.name}" of rule "${report.pack}/${result.rule}" gave ${result.actual}, expected was ${result.expect}.`,
        detail: result.message,
        path: `${report.pack}/${result.rule}`,
        fix: 'Correct the rule, or the example.',
      }),
    ),
    ...report.untested.map(({ rule, lacks }) =>
      diagnostic('policy-test-failed', {
        severity: 'warning',
        summary: `Rule "${report.pack}/${rule}" has no example that expects ${lacks}.`,
        path: `${report.pack}/${rule}`,
        fix: 'Add one to its `tests`.',
      }),
    ),
  ];
}
