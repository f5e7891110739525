import path from 'node:path';
import type { Outcome } from '../../diagnostics/index.ts';
import { drawSearch } from '../../report/index.ts';
import type { SearchReport } from '../../report/index.ts';
import type { EngineHost } from '../messages.ts';
import { writeOutputFile } from '../write-output-file.ts';

/**
 * Draws the Pareto chart of a search into a file, relative to the working directory: a page when its name ends in `.html`, else
 * SVG. Replaces an earlier file whole. Errors: `plan-write-failed`.
 */
export async function writeSearchChart(
  report: SearchReport,
  file: string,
  host: EngineHost,
): Promise<Outcome<string>> {
  const form = path.extname(file) === '.html' ? 'html' : 'svg';
  return writeOutputFile(file, await drawSearch(report, form), host);
}
