import { parse } from 'yaml';
import { table } from './tables.ts';

interface PackDocument {
  readonly name: string;
  readonly title: string;
  readonly rules: readonly RuleDocument[];
}

interface RuleDocument {
  readonly id: string;
  readonly title: string;
  readonly level: string;
  readonly target: string;
  readonly why: string;
  readonly remediation: string;
  readonly reference?: string;
}

/** A page of every rule of the shipped packs: what it demands, why, and what to do. `packs` are texts of `pack.yaml` files. */
export function policyRulesPage(packs: readonly string[]): string {
  const documents = packs
    .map((text) => parse(text, { maxAliasCount: -1 }) as PackDocument)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const count = documents.reduce((sum, pack) => sum + pack.rules.length, 0);
  return (
    [
      '# Policy rules',
      `The ${count} rules of the packs that are shipped: what each demands, why, and what to do about a violation. \`plimsoll policy test NAME\` runs the examples of a pack.`,
      ...documents.flatMap(packSections),
    ].join('\n\n') + '\n'
  );
}

function packSections(pack: PackDocument): readonly string[] {
  const rows = [...pack.rules]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule) => [
      `\`${rule.id}\``,
      rule.level,
      rule.target,
      rule.title,
      `${rule.why} → ${rule.remediation}`,
    ]);
  return [
    `## ${pack.name}`,
    `${pack.title}.`,
    table(['rule', 'level', 'judges', 'demands', 'why → what to do'], rows),
  ];
}
