import { setTimeout as sleep } from 'node:timers/promises';

/** Reads until `isDone` holds, and gives what was read; rejects with the last reading after `seconds`. */
export async function eventually<T>(
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
  seconds = 90,
): Promise<T> {
  const limit = Date.now() + seconds * 1000;
  for (;;) {
    const value = await read();
    if (isDone(value)) return value;
    if (Date.now() > limit)
      throw new Error(`After ${seconds} s still: ${JSON.stringify(value).slice(0, 2000)}`);
    await sleep(100);
  }
}
