import type { PolicyReport, PolicyVerdict } from '../../model/index.ts';

/** Policy verdicts as JUnit XML: one suite per pack, one case per rule and subject; waived ones are skipped, advice is printed. */
export function policyJunit(report: PolicyReport): string {
  const packs = [...new Set(report.verdicts.map((verdict) => verdict.pack))];
  const suites = packs.map((pack) =>
    suite(
      pack,
      report.verdicts.filter((verdict) => verdict.pack === pack),
    ),
  );
  const failures = report.verdicts.filter(isFailure).length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="plimsoll policy" tests="${report.verdicts.length}" failures="${failures}">\n${suites.join('')}</testsuites>\n`;
}

function suite(pack: string, verdicts: readonly PolicyVerdict[]): string {
  const skipped = verdicts.filter((verdict) => verdict.outcome === 'waived').length;
  const head = `  <testsuite name="${escapeXml(pack)}" tests="${verdicts.length}" failures="${verdicts.filter(isFailure).length}" skipped="${skipped}">\n`;
  return `${head}${verdicts.map(testCase).join('')}  </testsuite>\n`;
}

function testCase(verdict: PolicyVerdict): string {
  const open = `    <testcase classname="${escapeXml(`${verdict.pack}.${verdict.rule}`)}" name="${escapeXml(verdict.subject)}"`;
  const body = caseBody(verdict);
  return body === '' ? `${open}/>\n` : `${open}>${body}</testcase>\n`;
}

function caseBody(verdict: PolicyVerdict): string {
  const text = escapeXml(`${verdict.message} ${verdict.remediation}`.trim());
  switch (verdict.outcome) {
    case 'pass':
      return '';
    case 'waived':
      return `<skipped message="${escapeXml(verdict.waiver?.reason ?? 'waived')}"/>`;
    case 'remediated':
      return `<system-out>${text}</system-out>`;
    case 'violation':
      return isFailure(verdict)
        ? `<failure type="${verdict.level}" message="${escapeXml(verdict.message)}">${text}</failure>`
        : `<system-out>${text}</system-out>`;
  }
}

function isFailure(verdict: PolicyVerdict): boolean {
  return verdict.outcome === 'violation' && verdict.level === 'mandatory';
}

/** Escapes text for XML content and attributes; characters XML 1.0 forbids become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;')
      // eslint-disable-next-line no-control-regex -- these are the characters to remove
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}
