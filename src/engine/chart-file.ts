import path from 'node:path';
import type { Outcome } from '../diagnostics/index.ts';
import { drawSimulation, drawSpotSimulation } from '../report/index.ts';
import type { SimulationReport, SpotSimulationReport } from '../report/index.ts';
import type { EngineHost } from './messages.ts';
import { writeOutputFile } from './write-output-file.ts';

/**
 * Draws simulations into a file, relative to the working directory: a page when its name ends in `.html`, else SVG.
 * Replaces an earlier file whole. Errors: `plan-write-failed`.
 */
export async function writeSimulationChart(
  reports: readonly SimulationReport[],
  file: string,
  host: EngineHost,
): Promise<Outcome<string>> {
  const form = path.extname(file) === '.html' ? 'html' : 'svg';
  return writeOutputFile(file, await drawSimulation(reports, form), host);
}

/** The same for replays against availability traces. Errors: `plan-write-failed`. */
export async function writeSpotSimulationChart(
  reports: readonly SpotSimulationReport[],
  file: string,
  host: EngineHost,
): Promise<Outcome<string>> {
  const form = path.extname(file) === '.html' ? 'html' : 'svg';
  return writeOutputFile(file, await drawSpotSimulation(reports, form), host);
}
