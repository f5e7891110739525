import type { ObjectChange } from '../../plan/index.ts';

/** Version of the form in which `apply --json` reports; fields are only added within a version. */
export const APPLY_FORMAT_VERSION = '1.0';

/** What `apply` did, or would do. */
export interface ApplyReport {
  readonly formatVersion: string;
  readonly stack: string;
  /** Context and address of the cluster; empty where none was asked (`client`). */
  readonly cluster: string;
  /** `server` and `client`: nothing was written. */
  readonly mode: 'apply' | 'server' | 'client';
  /**
   * `previewed`: only looked at; `refused`: a problem was found before the first write; `stopped`: a step failed;
   * `unchanged`: there was nothing to do.
   */
  readonly outcome:
    'previewed' | 'refused' | 'declined' | 'unchanged' | 'complete' | 'stopped' | 'interrupted';
  /** Steps in order. */
  readonly steps: readonly { readonly name: string; readonly state: 'done' | 'stopped' | 'not-started' }[];
  /** Every object, in the order of the steps. */
  readonly objects: readonly AppliedObject[];
}

/** One object of an apply. */
export interface AppliedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Step that writes or deletes it; empty for what stays. */
  readonly step: string;
  /** `write`: the cluster was not asked what is there. */
  readonly action: 'create' | 'change' | 'unchanged' | 'delete' | 'keep' | 'write';
  /** Fields that change; secrets are hidden. */
  readonly changes: readonly ObjectChange[];
  /** What became of it; absent where nothing was tried. */
  readonly fate?: 'done' | 'failed' | 'not-done';
}
