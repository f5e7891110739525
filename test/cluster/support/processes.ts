/**
 * Processes of a control plane that belong to a folder, not to the program that started them: any program may stop or start one by its name,
 * and a watchdog ends them all when their owner is gone, however it went.
 */
import { spawn } from 'node:child_process';
import { openSync, closeSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process to run: its log is `<folder>/<name>.log`, its number `<folder>/<name>.pid`. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a process in a group of its own, with nothing of its owner's streams. */
export function startProcess(folder: string, { name, command, args, environment }: ProcessSpec): void {
  const log = openSync(path.join(folder, `${name}.log`), 'a');
  const child = spawn(command, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...environment },
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new Error(`${name} did not start: ${command}`);
  writeFileSync(path.join(folder, `${name}.pid`), String(child.pid));
}

/** Ends a process of the folder at once and waits until it is gone; nothing happens where it does not run. */
export async function killProcess(folder: string, name: string): Promise<void> {
  const pid = processId(folder, name);
  if (pid === undefined) return;
  signal(pid, 'SIGKILL');
  while (isAlive(pid)) await sleep(10);
  rmSync(path.join(folder, `${name}.pid`), { force: true });
}

/** Ends all processes of the folder. */
export async function killProcesses(folder: string): Promise<void> {
  for (const name of processNames(folder)) await killProcess(folder, name);
}

/** Ends all processes of the folder without waiting: for the end of a program. */
export function killProcessesNow(folder: string): void {
  for (const name of processNames(folder)) {
    const pid = processId(folder, name);
    if (pid !== undefined) signal(pid, 'SIGKILL');
  }
}

/** Whether the process of that name runs. */
export function isRunning(folder: string, name: string): boolean {
  const pid = processId(folder, name);
  return pid !== undefined && isAlive(pid);
}

/** Waits until `isReady` holds; rejects with the end of the log where the process ends first or `seconds` pass. */
export async function waitForProcess(
  folder: string,
  name: string,
  isReady: () => Promise<boolean>,
  seconds = 90,
): Promise<void> {
  const limit = Date.now() + seconds * 1000;
  for (;;) {
    if (await isReady()) return;
    if (!isRunning(folder, name) || Date.now() > limit) {
      throw new Error(
        `${name} is not ready:\n${readFileSync(path.join(folder, `${name}.log`), 'utf8').slice(-3000)}`,
      );
    }
    await sleep(100);
  }
}

/** Starts the watchdog, which lives as long as the pipe to this program and then removes the folder with its processes. */
export function startWatchdog(folder: string): void {
  const watchdog = path.join(import.meta.dirname, 'watchdog.ts');
  const child = spawn(process.execPath, [watchdog, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
}

/** Ports that no connection takes by itself: Linux gives its own connections those from 32768 on (`ip_local_port_range`), gVisor from 16000 on. */
const [FIRST_PORT, LAST_PORT] = [10_000, 15_999] as const;

/** Waits until a port is free: the system closes the sockets of a killed program a little after it counts as gone. */
export async function waitForPort(port: number): Promise<void> {
  for (;;) {
    const server = await listen(port).catch(() => undefined);
    if (server !== undefined) {
      await new Promise((resolve) => server.close(resolve));
      return;
    }
    await sleep(10);
  }
}

/**
 * Ports on loopback that nobody listens on now. They must still be free when a killed API server starts again, so they are none that the system gives to
 * connections: a client that tries to reach a dead server may get the very port of that server as its own.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Awaited<ReturnType<typeof listen>>[] = [];
  while (servers.length < count) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    await listen(port).then(
      (server) => servers.push(server),
      () => undefined,
    );
  }
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

function processNames(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.pid'));
  return files.map((file) => file.slice(0, -'.pid'.length)).sort();
}

function processId(folder: string, name: string): number | undefined {
  try {
    return Number(readFileSync(path.join(folder, `${name}.pid`), 'utf8'));
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

/** A process that ended and whose parent has not asked for its end yet; told by Linux only, elsewhere never true. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
