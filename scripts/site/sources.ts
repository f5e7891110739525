import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DESIGN_FOLDER, NAVIGATION } from './navigation.ts';
import type { NavigationEntry, NavigationGroup } from './navigation.ts';
import type { BrokenLink, PageKind, SourcePage } from './page.ts';
import { catalogPage } from './reference/catalog-page.ts';
import { policyRulesPage } from './reference/policy-page.ts';
import { schemaPage } from './reference/schema-page.ts';
import type { Schema, SchemaPageFacts } from './reference/schema-page.ts';

/** Titles of the pages that are made from the published schemas. */
const SCHEMA_PAGES: Readonly<Record<string, SchemaPageFacts>> = {
  'schemas/problem.schema.json': {
    title: 'Stack document',
    introduction:
      'Every field that a stack may have, in YAML or JSON; the constructs of TypeScript have the same fields. Generated from `schemas/problem.schema.json`, which editors read: put `# yaml-language-server: $schema=…/problem.schema.json` on the first line of a YAML stack.',
  },
  'schemas/plan.schema.json': {
    title: 'Plan file',
    introduction:
      'Every field of `plan.json`. Money is in micro-dollars, time in seconds, sizes in bytes; a reader may rely on fields staying as they are within a major `formatVersion`. Generated from `schemas/plan.schema.json`.',
  },
  'schemas/catalog.schema.json': {
    title: 'Catalogue file',
    introduction:
      'Every field of the files that `catalog.files` names, and of `catalog` in a stack. Generated from `schemas/catalog.schema.json`.',
  },
  'schemas/policy-pack.schema.json': {
    title: 'Policy pack',
    introduction: 'Every field of a `pack.yaml`. Generated from `schemas/policy-pack.schema.json`.',
  },
};

const FOLDERS: Readonly<Record<PageKind, string>> = {
  start: '',
  tutorial: 'tutorials/',
  example: 'examples/',
  'how-to': 'how-to/',
  reference: 'reference/',
  explanation: 'explanation/',
  design: 'design/',
};

/** Entries of the navigation whose file is not there, as broken links of the navigation. */
export function missingPages(root: string): readonly BrokenLink[] {
  return NAVIGATION.flatMap(({ entries }) => entries)
    .filter(({ source }) => !existsSync(path.join(root, source)))
    .map(({ source }) => ({
      source: 'scripts/site/navigation.ts',
      href: source,
      reason: `there is no ${source}`,
    }));
}

/** Every page of the site in the order of the navigation, with its Markdown; those of `missingPages` are left out. */
export function sourcePages(root: string): readonly SourcePage[] {
  const missing = new Set(missingPages(root).map(({ href }) => href));
  return [...NAVIGATION, designNotes(root)].flatMap(({ kind, group, entries }) =>
    entries
      .filter(({ source }) => !missing.has(source))
      .map((entry) => ({
        source: entry.source,
        url: urlOf(entry.source, kind),
        kind,
        ...(entry.label === undefined ? {} : { label: entry.label }),
        ...(group === undefined ? {} : { group }),
        markdown: markdownOf(root, entry),
      })),
  );
}

function designNotes(root: string): NavigationGroup {
  const folder = path.join(root, DESIGN_FOLDER);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const entries = names
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.split(path.sep).join('/'))
    .sort()
    .map((name) => ({ source: `${DESIGN_FOLDER}/${name}` }));
  return { kind: 'design', entries };
}

/** Where the page of a source stands: by its kind and its own name; READMEs by the name of their folder. */
function urlOf(source: string, kind: PageKind): string {
  if (source === 'docs/index.md') return 'index.html';
  if (source === 'examples/README.md') return 'examples/index.html';
  if (source === 'policies') return 'reference/policy-rules.html';
  if (source === 'src/catalog/data') return 'reference/accelerators-and-models.html';
  const name = path.posix.basename(source) === 'README.md' ? path.posix.dirname(source) : source;
  const stem = path.posix.basename(name).replace(/(?:\.schema\.json|\.md)$/, '');
  const suffix = source.startsWith('schemas/') ? '-fields' : '';
  const prefix = source.startsWith('policies/') ? 'policy-' : '';
  return `${FOLDERS[kind]}${prefix}${stem}${suffix}.html`;
}

function markdownOf(root: string, { source }: NavigationEntry): string {
  const facts = SCHEMA_PAGES[source];
  const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
  if (facts !== undefined) return schemaPage(JSON.parse(read(source)) as Schema, facts);
  if (source === 'src/catalog/data') return catalogPage();
  if (source === 'policies') {
    const packs = readdirSync(path.join(root, source)).map((name) => `${source}/${name}/pack.yaml`);
    return policyRulesPage(packs.filter((file) => existsSync(path.join(root, file))).map(read));
  }
  return read(source);
}
