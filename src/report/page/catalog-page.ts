import type { CatalogRow } from '../../catalog/index.ts';
import { plural } from '../phrases.ts';
import type { Page } from './page.ts';

/** Records of the catalogue, the first `limit` of those found. */
export function catalogPage(rows: readonly CatalogRow[], limit: number): Page {
  const shown = rows.slice(0, limit);
  return {
    title: 'Catalogue',
    head: [],
    parts: [
      {
        kind: 'table',
        title: '',
        columns: [
          { title: 'KIND' },
          { title: 'NAME' },
          { title: 'FACTS' },
          { title: 'SOURCE', isMinor: true },
        ],
        rows: shown.map((row) => [row.kind, row.name, row.summary, row.source]),
      },
    ],
    sentence: countSentence(rows.length, shown.length),
  };
}

function countSentence(found: number, shown: number): string {
  if (found === 0) return 'No record matches; leave out words or flags to see more.';
  return found > shown
    ? `${shown} of ${plural(found, 'record')} (--limit shows more).`
    : `${plural(found, 'record')}.`;
}
