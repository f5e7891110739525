import { printable } from '../printable.ts';
import type { PolicyLevel, PolicyReport, PolicyVerdict } from '../../model/index.ts';

const SARIF_LEVELS: Readonly<Record<PolicyLevel, 'error' | 'warning' | 'note'>> = {
  mandatory: 'error',
  remediate: 'warning',
  advisory: 'note',
};

/** What SARIF says about the program and the file that was judged. */
export interface SarifOptions {
  readonly toolVersion: string;
  /** Path of the judged plan or stack, relative with forward slashes: results are located there. */
  readonly file: string;
}

/** Policy verdicts as a SARIF 2.1.0 log (OASIS standard, 2020), for code scanning. Passed rules appear as rules without results. */
export function policySarif(report: PolicyReport, options: SarifOptions): unknown {
  const rules = uniqueRules(report.verdicts);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'plimsoll',
            version: options.toolVersion,
            rules: rules.map((verdict) => ({
              id: ruleId(verdict),
              shortDescription: { text: plainText(verdict.title) },
              help: { text: plainText(verdict.remediation === '' ? verdict.title : verdict.remediation) },
              ...(/^https:\/\//.test(verdict.reference) ? { helpUri: verdict.reference } : {}),
              defaultConfiguration: { level: SARIF_LEVELS[verdict.level] },
            })),
          },
        },
        results: report.verdicts
          .filter((verdict) => verdict.outcome !== 'pass')
          .map((verdict) => result(verdict, options.file)),
      },
    ],
  };
}

function result(verdict: PolicyVerdict, file: string): unknown {
  return {
    ruleId: ruleId(verdict),
    level: SARIF_LEVELS[verdict.level],
    message: { text: plainText(`${verdict.subject}: ${verdict.message}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(file.toWellFormed()) } },
        logicalLocations: [{ fullyQualifiedName: verdict.subject }],
      },
    ],
    ...(verdict.outcome === 'waived' && verdict.waiver !== undefined
      ? {
          suppressions: [
            {
              kind: 'external',
              justification: `${verdict.waiver.owner}: ${verdict.waiver.reason} (until ${verdict.waiver.expires})`,
            },
          ],
        }
      : {}),
    ...(verdict.outcome === 'remediated' ? { kind: 'informational', level: 'none' } : {}),
  };
}

/** Text of a message: brackets would be links (SARIF 2.1.0, section 3.11.6), so they are escaped; characters that act are replaced. */
function plainText(text: string): string {
  return printable(text).replaceAll(/[\\[\]]/g, (character) => `\\${character}`);
}

function uniqueRules(verdicts: readonly PolicyVerdict[]): readonly PolicyVerdict[] {
  return [...new Map(verdicts.map((verdict) => [ruleId(verdict), verdict])).values()];
}

function ruleId(verdict: PolicyVerdict): string {
  return `${verdict.pack}/${verdict.rule}`;
}
