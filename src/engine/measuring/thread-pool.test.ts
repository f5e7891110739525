import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { inlineCrew } from '../../optimize/index.ts';
import type { BenchTask } from '../../optimize/index.ts';
import { testFolder } from './testing/test-folder.ts';
import { MeasuringThread } from './measuring-thread.ts';
import { ThreadPool } from './thread-pool.ts';
import type { PoolOptions } from './thread-pool.ts';
import { chatSubject, chatTasks } from '../../../test/support/measuring-tasks.ts';

const opened: ThreadPool[] = [];

function pool(options: PoolOptions): ThreadPool {
  const made = new ThreadPool(options);
  opened.push(made);
  return made;
}

/** A pool whose threads run the code given instead of ours. */
function poolRunning(code: string): ThreadPool {
  const folder = testFolder();
  const entry = path.join(folder, 'entry.mjs');
  writeFileSync(entry, `import { parentPort } from 'node:worker_threads';\n${code}`);
  return pool({
    size: 2,
    worthThreads: 0,
    startThread: (events) => new MeasuringThread(events, pathToFileURL(entry)),
  });
}

/** A task that no bench can perform: its shape names no engine. */
const IMPOSSIBLE = {
  method: 'read',
  args: { shape: { configuration: { parallelism: {} } } },
} as unknown as BenchTask;

function someTask(): BenchTask {
  const [first] = chatTasks();
  if (first === undefined) throw new Error('there is no task');
  return first;
}

/** Lets the threads of a pool start, so that none of the tasks that follow is performed here. */
async function warmUp(threads: ThreadPool): Promise<void> {
  await threads.gather(chatSubject()).run([someTask()]);
  while (!threads.areThreadsReady) await new Promise((resolve) => setTimeout(resolve, 5));
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((item) => item.close()));
});

describe('measuring threads', () => {
  it.each([1, 2, 3])(
    '%i of them give the answers of this thread, in the order of the tasks',
    async (size) => {
      const tasks = chatTasks();
      const threads = pool({ size, worthThreads: 0 });
      await warmUp(threads);
      const here = await inlineCrew(chatSubject()).run(tasks);
      expect(await threads.gather(chatSubject()).run(tasks)).toEqual(here);
      expect(here.map((item) => item.simulations).every((count) => count > 0)).toBe(true);
    },
  );

  it('start while the first tasks are performed here, with the same answers', async () => {
    const tasks = chatTasks();
    const threads = pool({ size: 2, worthThreads: 0 });
    const here = await inlineCrew(chatSubject()).run(tasks);
    expect(await threads.gather(chatSubject()).run(tasks)).toEqual(here);
  });

  it('are not started for a small search', async () => {
    let started = 0;
    const threads = pool({
      size: 2,
      startThread: (events) => {
        started++;
        return new MeasuringThread(events);
      },
    });
    await threads.gather(chatSubject()).run(chatTasks().slice(0, 2));
    expect(started).toBe(0);
    expect(threads.areThreadsReady).toBe(false);
  });

  it('serve several subjects at once', async () => {
    const tasks = chatTasks().slice(0, 3);
    const subjects = [
      chatSubject(),
      chatSubject({ seed: 2 }),
      chatSubject({ workload: 'other', loop: 'closed' }),
    ];
    const threads = pool({ size: 2, worthThreads: 0 });
    await warmUp(threads);
    const answers = await Promise.all(subjects.map((subject) => threads.gather(subject).run(tasks)));
    const here = await Promise.all(subjects.map((subject) => inlineCrew(subject).run(tasks)));
    expect(answers).toEqual(here);
    expect(answers[0]).not.toEqual(answers[1]);
  });

  it('pass on the exception of a task with its stack, and stay fit for others', async () => {
    const threads = pool({ size: 2, worthThreads: 0 });
    await warmUp(threads);
    const crew = threads.gather(chatSubject());
    const error: unknown = await crew
      .run([...chatTasks().slice(0, 2), IMPOSSIBLE])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).stack).toContain('worker.ts');
    expect(await crew.run([someTask()])).toEqual(await inlineCrew(chatSubject()).run([someTask()]));
  });

  it('break down as an error, never as a wait', async () => {
    const threads = poolRunning(
      `parentPort.postMessage({ kind: 'ready' }); parentPort.on('message', ({ kind }) => { if (kind === 'job') process.exit(3); });`,
    );
    await expect(warmUp(threads)).resolves.toBeUndefined();
    const crew = threads.gather(chatSubject());
    await expect(crew.run(chatTasks())).rejects.toThrow('with code 3');
    await expect(crew.run(chatTasks())).rejects.toThrow('with code 3');
  });

  it('that cannot start are an error with the cause', async () => {
    const threads = poolRunning(`throw new RangeError('no such luck');`);
    const crew = threads.gather(chatSubject());
    const waves = async (): Promise<void> => {
      for (;;) await crew.run([someTask()]);
    };
    await expect(waves()).rejects.toThrow('no such luck');
  });

  it('leave whoever waits with an error when they are closed', async () => {
    const threads = poolRunning(`parentPort.postMessage({ kind: 'ready' }); setInterval(() => {}, 1000);`);
    await warmUp(threads);
    const answers = threads.gather(chatSubject()).run(chatTasks());
    const outcome = expect(answers).rejects.toThrow('closed');
    await new Promise((resolve) => setImmediate(resolve));
    await threads.close();
    await outcome;
  });

  it('answer no task at all with no answer', async () => {
    expect(await pool({ size: 2, worthThreads: 0 }).gather(chatSubject()).run([])).toEqual([]);
  });

  it('free what they keep of a subject when its crew is closed, and go on', async () => {
    const threads = pool({ size: 1, worthThreads: 0 });
    await warmUp(threads);
    const tasks = chatTasks().slice(0, 2);
    const first = threads.gather(chatSubject());
    const before = await first.run(tasks);
    await first.close();
    expect(await threads.gather(chatSubject()).run(tasks)).toEqual(before);
  });
});
