import type { PlanDocument } from '../model/index.ts';

/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A plain object that JSON can hold, such as a Kubernetes manifest. Fields that are `undefined` count as absent. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** The part of a plan that manifests are made from; everything else of the plan leaves no trace in them. */
export type SynthesisSource = Pick<PlanDocument, 'stack' | 'problem' | 'offerings' | 'traffic' | 'decision'>;

/** One Kubernetes object and the bytes of its file. */
export interface SynthesizedFile {
  /** Path below `manifests/`, with forward slashes: `vanilla/llm/deployment-chat-h100-on-demand.yaml`. */
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** The object as plain data, keys sorted below the top level. */
  readonly manifest: JsonObject;
  /** The file's text: one YAML document that reads the same under YAML 1.1 and 1.2. */
  readonly text: string;
}
