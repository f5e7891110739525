import { existsSync } from 'node:fs';
import path from 'node:path';
import { success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { displayPath, readTextFile } from '../files.ts';
import type { EngineHost } from '../messages.ts';
import { planFile } from '../plan-folder.ts';

/** What a plan's costs are held against. */
export interface OtherSide {
  readonly kind: 'plan' | 'focus' | 'opencost';
  /** Absolute; the address as given for an OpenCost. */
  readonly file: string;
  readonly shown: string;
}

/**
 * Tells what a path or address is: an address is an OpenCost, a name that ends in `.csv` a FOCUS file, JSON with a `formatVersion` (also where it cannot be parsed) a plan, other JSON an export of
 * OpenCost. Errors: `engine-file-*`.
 */
export async function kindOfOther(other: string, host: EngineHost): Promise<Outcome<OtherSide>> {
  if (/^https?:/i.test(other)) return success({ kind: 'opencost', file: other, shown: other });
  const absolute = path.resolve(host.workingDirectory, other);
  const shown = displayPath(absolute, host.workingDirectory);
  if (/\.csv$/i.test(other)) return success({ kind: 'focus', file: absolute, shown });
  const file = planFile(other, host);
  if (!existsSync(file) || !file.endsWith('.json')) return success({ kind: 'plan', file, shown });
  const text = await readTextFile(file, displayPath(file, host.workingDirectory));
  if (!text.ok) return text;
  return success({ kind: isPlanText(text.value) ? 'plan' : 'opencost', file, shown });
}

function isPlanText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'formatVersion' in value;
  } catch {
    return true;
  }
}
