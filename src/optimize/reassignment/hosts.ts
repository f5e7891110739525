import type { RandomStream } from '../../random/index.ts';
import type { ReassignmentInstance } from './instance.ts';

/** Most tests of process, machine and resource for which all hosts are listed in advance. */
const MOST_LISTED = 5e7;
/** Machines tried at random where hosts are not listed (assumed). */
const TRIES = 8;

/**
 * The machines that a process may ever run on. What is transient stays held on the home of a process wherever it goes, so the room
 * that arrivals find on a machine is known from the start: its capacity less the transient demand of all that are at home there.
 */
export class Hosts {
  readonly #instance: ReassignmentInstance;
  readonly #room: Float64Array;
  readonly #offsets: Int32Array | undefined;
  readonly #machines: Int32Array | undefined;
  readonly #isHost: Uint8Array | undefined;

  constructor(instance: ReassignmentInstance) {
    const { machines, processes, resources } = instance.counts;
    this.#instance = instance;
    this.#room = roomOfArrivals(instance);
    if (processes * machines * Math.max(1, resources) > MOST_LISTED) return;
    const isHost = new Uint8Array(processes * machines);
    const offsets = new Int32Array(processes + 1);
    for (let process = 0; process < processes; process++) {
      offsets[process + 1] = offsets[process]!;
      for (let machine = 0; machine < machines; machine++) {
        if (!this.#hasRoom(process, machine)) continue;
        isHost[process * machines + machine] = 1;
        offsets[process + 1]! += 1;
      }
    }
    const list = new Int32Array(offsets[processes]!);
    for (let cell = 0, next = 0; cell < isHost.length; cell++) {
      if (isHost[cell] !== 0) list[next++] = cell % machines;
    }
    this.#offsets = offsets;
    this.#machines = list;
    this.#isHost = isHost;
  }

  /** Whether a process may run on a machine when nothing else comes to it. */
  allows(process: number, machine: number): boolean {
    if (this.#isHost === undefined) return this.#hasRoom(process, machine);
    return this.#isHost[process * this.#instance.counts.machines + machine] !== 0;
  }

  /** A machine that a process may run on, drawn evenly; -1 where none was found. Draws from `random`. */
  draw(process: number, random: RandomStream): number {
    if (this.#offsets === undefined) return this.#drawUnlisted(process, random);
    const start = this.#offsets[process]!;
    const count = this.#offsets[process + 1]! - start;
    return count === 0 ? -1 : this.#machines![start + random.integer(count)]!;
  }

  #drawUnlisted(process: number, random: RandomStream): number {
    for (let i = 0; i < TRIES; i++) {
      const machine = random.integer(this.#instance.counts.machines);
      if (this.#hasRoom(process, machine)) return machine;
    }
    return -1;
  }

  #hasRoom(process: number, machine: number): boolean {
    const { home, demand, counts } = this.#instance;
    if (home[process] === machine) return true;
    const want = process * counts.resources;
    const cell = machine * counts.resources;
    for (let r = 0; r < counts.resources; r++) {
      if (demand[want + r]! > this.#room[cell + r]!) return false;
    }
    return true;
  }
}

function roomOfArrivals({ capacity, home, demand, isTransient, counts }: ReassignmentInstance): Float64Array {
  const room = capacity.slice();
  for (let process = 0; process < counts.processes; process++) {
    if (home[process]! < 0) continue;
    for (let r = 0; r < counts.resources; r++) {
      if (isTransient[r] !== 0)
        room[home[process]! * counts.resources + r]! -= demand[process * counts.resources + r]!;
    }
  }
  return room;
}
