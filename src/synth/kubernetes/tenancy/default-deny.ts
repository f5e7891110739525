import type { ObjectFacts } from '../api-object.ts';
import { isOwnNamespace } from '../kinds/namespace.ts';
import { stackLabels } from '../labels.ts';
import { shortenedName } from '../names.ts';
import { networkPolicy } from './flows.ts';

/** Denies all traffic of all pods of a namespace that no other policy lets through; none for namespaces that are not ours. */
export function defaultDeny(stack: string, namespace: string): readonly ObjectFacts[] {
  if (!isOwnNamespace(namespace)) return [];
  return [
    networkPolicy({
      name: shortenedName(`${stack}-default-deny`),
      namespace,
      labels: stackLabels(stack),
      pods: {},
      ingress: [],
      egress: [],
    }),
  ];
}
