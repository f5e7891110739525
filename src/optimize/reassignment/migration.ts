import { bytes, seconds } from '../../units/index.ts';
import type { Bytes, BytesPerSecond, Seconds } from '../../units/index.ts';

/** Pause of a process that a migration aims at, seconds (assumed; the default of QEMU's `downtime-limit` is 300 ms, read 2026-11). */
const DOWNTIME_TARGET = 0.3;
/** Rounds after which a process is stopped whatever is left to send (assumed, of the size of Xen's 29). */
const MOST_ROUNDS = 30;

/** A process that moves while it runs. */
export interface LiveMigration {
  /** Memory to send, > 0. */
  readonly memory: Bytes;
  /** Memory that the process writes anew per second, ≥ 0. */
  readonly dirtyRate: BytesPerSecond;
  /** What the link gives to the migration, > 0. */
  readonly bandwidth: BytesPerSecond;
  /** The part of the memory that is ever written, at most `memory`; absent: all of it. */
  readonly workingSet?: Bytes;
  /** Longest pause wanted; absent: 0.3 s. */
  readonly downtimeTarget?: Seconds;
  /** Most rounds of copying while the process runs; absent: 30. */
  readonly rounds?: number;
}

/** What a live migration takes. */
export interface MigrationEstimate {
  /** Bytes sent in all. */
  readonly traffic: Bytes;
  /** From the first byte until the process runs on its new machine. */
  readonly time: Seconds;
  /** How long the process stands still. */
  readonly downtime: Seconds;
  /** Rounds of copying while the process runs. */
  readonly rounds: number;
  /** Whether the pause is as short as wanted; false where memory is written about as fast as it is sent. */
  readonly meetsDowntime: boolean;
}

/**
 * Traffic, time and pause of a pre-copy live migration: the first round sends all memory, each next round what was written
 * while the one before was sent, until the rest fits the wanted pause, rounds no longer shrink, or there were enough of them; the rest is
 * sent while the process stands still.
 *
 * With ρ = dirtyRate / bandwidth < 1 and no working set, round i sends memory × ρ^i, so n rounds and the pause send
 * memory × (1 − ρ^(n+1)) / (1 − ρ): memory × (1 + effect of the dirty rate).
 * Source: Clark et al., "Live migration of virtual machines", NSDI 2005, sections 3 and 4 (rounds, writable working set,
 * stop-and-copy); the time to resume the process on the other side is left out.
 */
export function migrationEstimate(migration: LiveMigration): MigrationEstimate {
  const { memory, dirtyRate, bandwidth, workingSet = memory } = migration;
  const { downtimeTarget = DOWNTIME_TARGET, rounds: mostRounds = MOST_ROUNDS } = migration;
  let sent = 0;
  let rest: number = memory;
  let rounds = 0;
  while (rounds < mostRounds && (rounds === 0 || rest > downtimeTarget * bandwidth)) {
    sent += rest;
    rounds += 1;
    const written = Math.min(workingSet, (dirtyRate * rest) / bandwidth);
    const isShrinking = written < rest;
    rest = written;
    if (!isShrinking) break;
  }
  const downtime = rest / bandwidth;
  return {
    traffic: bytes(sent + rest),
    time: seconds((sent + rest) / bandwidth),
    downtime: seconds(downtime),
    rounds,
    meetsDowntime: downtime <= downtimeTarget,
  };
}
