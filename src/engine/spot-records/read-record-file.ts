import path from 'node:path';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { readAvailabilityTraces } from '../../spot/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { displayPath, errorMessage, openByteStream } from '../files.ts';
import type { EngineHost } from '../messages.ts';

/** The availability traces of a file, decompressed when its name ends in `.gz`. Errors: `engine-file-*` and `spot-trace-*`. */
export async function readTraceFile(
  file: string,
  host: EngineHost,
): Promise<Outcome<readonly AvailabilityTrace[]>> {
  const absolute = path.resolve(host.workingDirectory, file);
  const text = await readRecordText(absolute, host);
  if (!text.ok) return text;
  return readAvailabilityTraces(text.value, { fileName: displayPath(absolute, host.workingDirectory) });
}

/** The text of a file by its absolute path, decompressed when its name ends in `.gz`. Errors: `engine-file-*`. */
export async function readRecordText(absolute: string, host: EngineHost): Promise<Outcome<string>> {
  const shown = displayPath(absolute, host.workingDirectory);
  const bytes = await openByteStream(absolute, shown);
  if (!bytes.ok) return bytes;
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of bytes.value) chunks.push(chunk);
  } catch (error) {
    return failure(
      diagnostic('engine-file-unreadable', {
        summary: `${shown} cannot be read: ${errorMessage(error)}.`,
        source: { file: shown },
      }),
    );
  }
  return success(Buffer.concat(chunks).toString('utf8'));
}
