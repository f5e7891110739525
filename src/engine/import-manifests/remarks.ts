import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic, DiagnosticCode } from '../../diagnostics/index.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';

/** Gathers what has to be said about the objects of an import; things not carried over are said once for each object. */
export class Remarks {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #lost = new Map<KubernetesObject, Set<string>>();

  /** Something that a manifest says and a stack cannot. */
  lost(object: KubernetesObject, what: string): void {
    const found = this.#lost.get(object);
    if (found === undefined) this.#lost.set(object, new Set([what]));
    else found.add(what);
  }

  /** A problem of its own. */
  say(
    code: DiagnosticCode,
    object: KubernetesObject,
    facts: { readonly summary: string; readonly detail?: string; readonly fix?: string },
  ): void {
    this.#diagnostics.push(diagnostic(code, { ...facts, path: pathOf(object), source: object.source }));
  }

  /** All that was gathered, losses last. */
  all(): readonly Diagnostic[] {
    const losses = [...this.#lost].map(([object, items]) =>
      diagnostic('import-not-carried', {
        summary: `${object.kind} "${object.name}": ${[...items].join('; ')}.`,
        path: pathOf(object),
        source: object.source,
        fix: 'Say it in the stack if the plan depends on it.',
      }),
    );
    return [...this.#diagnostics, ...losses];
  }
}

function pathOf(object: KubernetesObject): string {
  return `${object.kind}/${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`;
}
