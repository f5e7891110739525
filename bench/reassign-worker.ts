/** A thread of `bench/reassign.ts`: runs the tasks it is sent, one after the other. */
import { parentPort } from 'node:worker_threads';
import { runReassign } from './reassign-run.ts';
import type { ReassignTask } from './reassign-run.ts';

parentPort?.on('message', (task: ReassignTask) => parentPort?.postMessage(runReassign(task)));
