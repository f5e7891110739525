import path from 'node:path';
import type { EngineHost } from '../messages.ts';

/** The root of the checkout. */
export const ROOT = path.resolve(import.meta.dirname, '../../..');

/** A host that works in a folder, default the root of the checkout, and hears nothing. */
export function quietHost(workingDirectory: string = ROOT): EngineHost {
  return { workingDirectory, today: '2026-11-21', emit: () => undefined, elapsedSeconds: () => 0 };
}
