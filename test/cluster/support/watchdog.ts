/** `node watchdog.ts FOLDER`: waits for the end of its input, which comes when its owner is gone, and then ends what the folder runs. */
import { rmSync } from 'node:fs';
import { killProcesses } from './processes.ts';

const [, , folder] = process.argv;
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.stdin.resume();
process.stdin.on('error', () => undefined);
process.stdin.on('close', () => {
  if (folder !== undefined)
    void killProcesses(folder).then(() => rmSync(folder, { recursive: true, force: true }));
});
