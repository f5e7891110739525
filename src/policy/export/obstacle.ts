/**
 * Why a rule cannot be enforced by a cluster as it is judged offline. Codes are stable: scripts may rely on them.
 * `judges-plan`: its subject is no object of the cluster. `typescript`: it is a function, not an expression.
 * `reads-plan`: it reads the plan, the problem or other objects. `no-kinds`: it names no kinds, so that every write of the
 * cluster would be judged. `unknown-kind`: the name of a kind's resource is not known. `offline-function`: the API server
 * lacks a function. `regular-expression`: it lacks a part of a pattern. `bound-name`: a name of the API server is bound.
 * `variables`: variables are read otherwise than by name. `mixed-literal`: a list or map literal holds values of several types. `invalid`: the rule cannot be compiled.
 * `waived`: a waiver covers every object.
 */
export type ObstacleCode =
  | 'judges-plan'
  | 'typescript'
  | 'reads-plan'
  | 'no-kinds'
  | 'unknown-kind'
  | 'offline-function'
  | 'regular-expression'
  | 'bound-name'
  | 'variables'
  | 'mixed-literal'
  | 'invalid'
  | 'waived';

/** One reason, as a code and as words that follow the name of the rule: `reads manifests, which …`. */
export interface Obstacle {
  readonly code: ObstacleCode;
  readonly text: string;
}

/** A value for the cluster, or why there is none. */
export type Translation<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly obstacle: Obstacle };

/** A successful translation. */
export function translated<T>(value: T): Translation<T> {
  return { ok: true, value };
}

/** A failed translation. */
export function hindered(
  code: ObstacleCode,
  text: string,
): { readonly ok: false; readonly obstacle: Obstacle } {
  return { ok: false, obstacle: { code, text } };
}
