import type { PackTestReport } from '../../policy/index.ts';
import { plural } from '../phrases.ts';
import type { Page } from './page.ts';

/** How many examples of each policy pack give what they say. */
export function packTestsPage(reports: readonly PackTestReport[]): Page {
  const failures = reports.map(({ results }) => results.filter((result) => !result.passed).length);
  const failed = failures.reduce((sum, count) => sum + count, 0);
  const examples = reports.reduce((sum, { results }) => sum + results.length, 0);
  const right = { align: 'right' } as const;
  return {
    title: 'Policy tests',
    head: [],
    parts: [
      {
        kind: 'table',
        title: '',
        columns: [{ title: 'PACK' }, { title: 'EXAMPLES', ...right }, { title: 'FAILED', ...right }],
        rows: reports.map(({ pack, results }, index) => [
          pack,
          String(results.length),
          String(failures[index]),
        ]),
      },
    ],
    sentence: `${failed === 0 ? 'All' : `${examples - failed} of`} ${plural(examples, 'example')} of ${plural(reports.length, 'pack')} ${failed === 0 ? 'pass' : 'pass; correct the rules or the examples named above'}.`,
  };
}
