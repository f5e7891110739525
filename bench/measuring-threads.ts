/**
 * What measuring threads cost and bring: copies of coefficients, tasks and answers, the start of threads, and one set of
 * tasks on this thread and on several.
 * Usage: npm run bench:threads -- [--workers 2] [--repeats 20] [--json]
 */
import { parseArgs } from 'node:util';
import { ThreadPool } from '../src/engine/measuring/thread-pool.ts';
import { chatSubject, chatTasks } from '../test/support/measuring-tasks.ts';
import { inlineCrew } from '../src/optimize/index.ts';
import type { BenchTask, MeasuringCrew } from '../src/optimize/index.ts';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    repeats: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const workers = Number(values.workers);
const subject = chatSubject({ longest: 8000 });
const tasks: readonly BenchTask[] = Array.from({ length: Number(values.repeats) }, () => chatTasks()).flat();

function copyMilliseconds(value: unknown): number {
  const start = performance.now();
  for (let i = 0; i < 50; i++) structuredClone(value);
  return (performance.now() - start) / 50;
}

/** Seconds of wall clock and of this process's processors for all tasks, the second time they are performed. */
async function time(crew: MeasuringCrew): Promise<{ readonly wall: number; readonly cpu: number }> {
  await crew.run(tasks);
  const before = process.cpuUsage();
  const start = performance.now();
  await crew.run(tasks);
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

/** Seconds until all threads of a pool take jobs. */
async function startSeconds(pool: ThreadPool): Promise<number> {
  const start = performance.now();
  await pool.gather(subject).run(tasks.slice(0, 1));
  while (!pool.areThreadsReady) await new Promise((resolve) => setTimeout(resolve, 1));
  return (performance.now() - start) / 1000;
}

const here = inlineCrew(subject);
const [answer] = await here.run(tasks.slice(0, 1));
const pool = new ThreadPool({ size: workers, worthThreads: 0 });
const result = {
  copyMilliseconds: {
    coefficients: copyMilliseconds(subject.coefficients),
    task: copyMilliseconds(tasks[0]),
    answer: copyMilliseconds(answer),
  },
  startSeconds: await startSeconds(pool),
  tasks: tasks.length,
  here: await time(here),
  threads: await time(pool.gather(subject)),
};
await pool.close();
if (values.json) console.log(JSON.stringify({ benchmark: 'measuring-threads', workers, ...result }));
else {
  const { copyMilliseconds: copy, here: one, threads } = result;
  console.log(
    `copies: coefficients ${copy.coefficients.toFixed(2)} ms, task ${copy.task.toFixed(3)} ms, answer ${copy.answer.toFixed(3)} ms`,
  );
  console.log(
    `${workers} threads from TypeScript sources take jobs after ${result.startSeconds.toFixed(2)} s`,
  );
  console.log(`${tasks.length} tasks here: ${one.wall.toFixed(2)} s wall, ${one.cpu.toFixed(2)} s CPU`);
  console.log(`on ${workers} threads: ${threads.wall.toFixed(2)} s wall, ${threads.cpu.toFixed(2)} s CPU`);
}
