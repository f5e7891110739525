import path from 'node:path';
import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { drawSimulation } from '../report/index.ts';
import type { SimulationReport } from '../report/index.ts';
import { displayPath } from './files.ts';
import type { EngineHost } from './messages.ts';
import { writeFolder } from './write-folder.ts';

/**
 * Draws simulations into a file, relative to the working directory: a page when its name ends in `.html`, else SVG.
 * Replaces an earlier file whole. Errors: `plan-write-failed`.
 */
export async function writeSimulationChart(
  reports: readonly SimulationReport[],
  file: string,
  host: EngineHost,
): Promise<Outcome<string>> {
  const target = path.resolve(host.workingDirectory, file);
  const text = await drawSimulation(reports, path.extname(target) === '.html' ? 'html' : 'svg');
  const shown = displayPath(target, host.workingDirectory);
  const written = await writeFolder(path.dirname(target), new Map([[path.basename(target), text]]), {
    shown,
  });
  return written.ok ? success(shown) : failure(...written.diagnostics);
}
