import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inlineCrew } from '../../optimize/index.ts';
import type { BenchAnswer, BenchTask, GatherCrew } from '../../optimize/index.ts';
import { gatherCrewFor } from './gather-crew.ts';
import type { GatheredCrew, MeasuringOptions } from './gather-crew.ts';
import { openJournal } from './journal.ts';
import { journaledCrews } from './journaled-crew.ts';
import { chatSubject, chatTasks } from '../../../test/support/measuring-tasks.ts';
import { testFolder } from './testing/test-folder.ts';

function gathered(options: MeasuringOptions): GatheredCrew {
  const outcome = gatherCrewFor(options, { workingDirectory: '/', emit: () => undefined });
  if (!outcome.ok) throw new Error(outcome.diagnostics[0]?.summary);
  return outcome.value;
}

async function answersOf(
  options: MeasuringOptions,
  tasks: readonly BenchTask[],
): Promise<readonly BenchAnswer[]> {
  const crews = gathered(options);
  try {
    return await crews.gatherCrew(chatSubject()).run(tasks);
  } finally {
    await crews.close();
  }
}

/** Crews of this thread that count what they perform, and fail after `most` tasks. */
function counting(most = Infinity): { readonly gather: GatherCrew; readonly performed: () => number } {
  let performed = 0;
  const gather: GatherCrew = (subject) => {
    const crew = inlineCrew(subject);
    return {
      ...crew,
      run: (tasks) => {
        if (performed + tasks.length > most) return Promise.reject(new Error('out of time'));
        performed += tasks.length;
        return crew.run(tasks);
      },
    };
  };
  return { gather, performed: () => performed };
}

describe('crews as the options ask for', () => {
  it('give the same answers inline, on threads and from a journal', async () => {
    const tasks = chatTasks();
    const resume = path.join(testFolder(), 'run.jsonl');
    const expected = await inlineCrew(chatSubject()).run(tasks);
    expect(await answersOf({ workers: 1 }, tasks)).toEqual(expected);
    expect(await answersOf({ workers: 2 }, tasks)).toEqual(expected);
    expect(await answersOf({ workers: 2, resume }, tasks)).toEqual(expected);
    const kept = readFileSync(resume, 'utf8');
    expect(await answersOf({ workers: 1, resume }, tasks)).toEqual(expected);
    expect(readFileSync(resume, 'utf8')).toBe(kept);
  });

  it('keep no name of a model, workload or file in the journal', async () => {
    const resume = path.join(testFolder(), 'run.jsonl');
    await answersOf({ workers: 1, resume }, chatTasks());
    expect(readFileSync(resume, 'utf8')).not.toMatch(/chat|llama|h100|vllm/i);
  });

  it('tell a journal that cannot be used instead of starting', () => {
    const file = path.join(testFolder(), 'stack.yaml');
    writeFileSync(file, 'name: chat\n');
    const outcome = gatherCrewFor({ resume: file }, { workingDirectory: '/', emit: () => undefined });
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['engine-resume-invalid']);
  });

  it('tell the host how many answers are there', async () => {
    const resume = path.join(testFolder(), 'run.jsonl');
    await answersOf({ workers: 1, resume }, chatTasks().slice(0, 2));
    const heard: string[] = [];
    const outcome = gatherCrewFor(
      { resume, workers: 1 },
      {
        workingDirectory: '/',
        emit: (message) => heard.push(message.kind === 'progress' ? message.detail : ''),
      },
    );
    expect(heard).toEqual(['2 answers kept']);
    if (outcome.ok) expect(await outcome.value.close()).toEqual([]);
  });
});

describe('a crew with a journal', () => {
  it('goes on where an interrupted one ended, and measures nothing twice', async () => {
    const file = path.join(testFolder(), 'run.jsonl');
    const tasks = chatTasks();
    const expected = await inlineCrew(chatSubject()).run(tasks);
    const first = openJournal(file, '/');
    if (!first.ok) throw new Error('unreachable');
    const interrupted = counting(3);
    await expect(journaledCrews(interrupted.gather, first.value)(chatSubject()).run(tasks)).rejects.toThrow();
    first.value.close();
    const second = openJournal(file, '/');
    if (!second.ok) throw new Error('unreachable');
    expect(second.value.size).toBe(3);
    const rest = counting();
    expect(await journaledCrews(rest.gather, second.value)(chatSubject()).run(tasks)).toEqual(expected);
    expect(rest.performed()).toBe(tasks.length - 3);
    second.value.close();
  });

  it('takes no answer of another subject or task for its own', async () => {
    const opened = openJournal(path.join(testFolder(), 'run.jsonl'), '/');
    if (!opened.ok) throw new Error('unreachable');
    const crews = counting();
    const gather = journaledCrews(crews.gather, opened.value);
    const [task] = chatTasks();
    if (task?.method !== 'read') throw new Error('unreachable');
    const tasks: readonly BenchTask[] = [task, { ...task, args: { ...task.args, load: 5 } }];
    await gather(chatSubject()).run(tasks);
    await gather(chatSubject({ seed: 2 })).run(tasks);
    await gather(chatSubject({ limits: [] })).run(tasks);
    expect(crews.performed()).toBe(6);
    await gather(chatSubject()).run([...tasks].reverse());
    expect(crews.performed()).toBe(6);
    opened.value.close();
  });
});
