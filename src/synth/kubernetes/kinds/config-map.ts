import type { EngineCommand } from '../../engines/flag-table.ts';
import type { ObjectFacts } from '../api-object.ts';
import type { PodSet } from '../pod-set.ts';
import { yamlText } from '../yaml.ts';
import { podSetLabels } from './pod-labels.ts';

/** Name of the ConfigMap with the engine's configuration file. */
export function engineConfigName(podSet: PodSet): string {
  return `${podSet.name}-engine`;
}

/** The configuration file of a command; undefined when the engine needs none. */
export function engineConfigText(command: EngineCommand): string | undefined {
  return command.config === undefined ? undefined : yamlText(command.config);
}

/** The ConfigMap that holds the engine's configuration file; none when flags say it all. */
export function engineConfigMap(podSet: PodSet): readonly ObjectFacts[] {
  const text = engineConfigText(podSet.command);
  if (text === undefined) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: engineConfigName(podSet),
        namespace: podSet.workload.namespace,
        labels: podSetLabels(podSet),
      },
      data: { 'config.yaml': text },
    },
  ];
}
