import { fieldsOf, listOf, recordsOf, textOf } from '../import-manifests/fields.ts';
import type { Fields } from '../import-manifests/fields.ts';

/** How a container runs an inference engine, as far as its command line says. */
export interface EngineCommand {
  readonly engine: 'vllm' | 'sglang' | 'tensorrt-llm';
  /** From the tag of its image; absent where the tag is no version. */
  readonly version?: string;
  /** Model or path that it loads; absent where it stands elsewhere. */
  readonly model?: string;
  readonly servedName?: string;
  /** Arguments by name, without dashes: `tensor-parallel-size` → `2`; switches are `true`. */
  readonly flags: ReadonlyMap<string, string>;
}

/** Words of a command line that start an engine, and the flags that name its model. */
const ENGINES: readonly {
  readonly engine: EngineCommand['engine'];
  readonly starts: RegExp;
  /** Image whose own entry point starts it. */
  readonly image?: RegExp;
  readonly modelFlags: readonly string[];
}[] = [
  {
    engine: 'vllm',
    starts: /(^|[\s/])vllm\s+serve\b|vllm\.entrypoints\.(openai\.)?api_server/,
    image: /(^|\/)vllm-openai(:|@|$)/,
    modelFlags: ['model'],
  },
  {
    engine: 'sglang',
    starts: /sglang\.launch_server|(^|[\s/])sglang\s+serve\b/,
    modelFlags: ['model-path', 'model'],
  },
  {
    engine: 'tensorrt-llm',
    starts: /(^|[\s/])trtllm-serve\b/,
    modelFlags: ['model'],
  },
];
/** Short names of flags: vLLM `vllm serve --help` 0.19, SGLang Server Arguments 0.5, trtllm-serve 1.1 (read 2026-11). */
const SHORT: Readonly<Record<string, string>> = {
  tp: 'tensor-parallel-size',
  'tp-size': 'tensor-parallel-size',
  pp: 'pipeline-parallel-size',
  'pp-size': 'pipeline-parallel-size',
  dp: 'data-parallel-size',
  'dp-size': 'data-parallel-size',
  ep: 'expert-parallel-size',
  'ep-size': 'expert-parallel-size',
  q: 'quantization',
  'context-length': 'max-model-len',
  'max-seq-len': 'max-model-len',
  'max-running-requests': 'max-num-seqs',
  'max-batch-size': 'max-num-seqs',
  'max-num-tokens': 'max-num-batched-tokens',
  'max-prefill-tokens': 'max-num-batched-tokens',
};
const SHELL = /(^|\/)(ba|da|z|a)?sh$/;

/** The engine that a pod runs; undefined where none is recognised. Nothing is executed or expanded but `$(NAME)` of plain variables. */
export function engineCommand(podSpec: Fields): EngineCommand | undefined {
  for (const container of recordsOf(podSpec['containers'])) {
    const found = containerEngine(container);
    if (found !== undefined) return found;
  }
  return undefined;
}

function containerEngine(container: Fields): EngineCommand | undefined {
  const words = commandWords(container);
  const image = textOf(container['image']) ?? '';
  const text = words.join(' ');
  const known = ENGINES.find(
    ({ starts, image: ofImage }) => starts.test(text) || ofImage?.test(image) === true,
  );
  if (known === undefined) return undefined;
  const { flags, positional } = readFlags(afterStart(words));
  const model =
    known.modelFlags.map((name) => flags.get(name)).find((value) => value !== undefined) ?? positional[0];
  const servedName = flags.get('served-model-name');
  const version = /:v?(\d+\.\d+(?:\.\d+)?(?:[.-]?(?:rc|post)\d+)?)/.exec(image)?.[1];
  return {
    engine: known.engine,
    flags,
    ...(version === undefined ? {} : { version }),
    ...(model === undefined ? {} : { model }),
    ...(servedName === undefined ? {} : { servedName }),
  };
}

/** Command and arguments as words; those of a shell are the words of its script. */
function commandWords(container: Fields): readonly string[] {
  const variables = new Map(
    recordsOf(container['env']).flatMap((item): (readonly [string, string])[] => {
      const [name, value] = [textOf(item['name']), textOf(item['value'])];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
  const given = [...listOf(container['command']), ...listOf(container['args'])].flatMap(
    (word) => textOf(word) ?? [],
  );
  const isShell = SHELL.test(given[0] ?? '') && given.some((word) => /^-[a-z]*c[a-z]*$/.test(word));
  const words = isShell ? scriptWords(given.at(-1) ?? '') : given;
  return words.map((word) =>
    word.replaceAll(/\$[({](\w+)[)}]/g, (whole, name: string) => variables.get(name) ?? whole),
  );
}

/** Words of a shell script, by blanks and quotes; what a shell would expand stays as it is. */
function scriptWords(script: string): readonly string[] {
  const joined = script.replaceAll(/\\\n/g, ' ');
  return [...joined.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ''));
}

/** The words behind the one that starts the engine; all of them where an image's own entry point does. */
function afterStart(words: readonly string[]): readonly string[] {
  const at = words.findLastIndex((word) => /^serve$|api_server$|launch_server$|trtllm-serve$/.test(word));
  return words.slice(at + 1);
}

interface ReadFlags {
  readonly flags: ReadonlyMap<string, string>;
  readonly positional: readonly string[];
}

function readFlags(words: readonly string[]): ReadFlags {
  const flags = new Map<string, string>();
  const positional: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const match = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
    if (match === null) {
      if (!['&&', '|', ';', '&'].includes(word)) positional.push(word);
      continue;
    }
    const plain = match[1]!.replaceAll('_', '-');
    const name = SHORT[plain] ?? plain;
    const next = words[at + 1];
    const takesNext =
      match[2] === undefined && next !== undefined && !/^--?[A-Za-z]/.test(next) && !SWITCHES.test(name);
    flags.set(name, match[2] ?? (takesNext ? next : 'true'));
    if (takesNext) at++;
  }
  return { flags, positional };
}

/** Flags without a value. */
const SWITCHES = /^(enable-|disable-|no-|trust-remote-code$|enforce-eager$|headless$)/;

/** The JSON of a flag as a mapping; empty where it is none. */
export function jsonFlag({ flags }: EngineCommand, name: string): Fields {
  try {
    return fieldsOf(JSON.parse(flags.get(name) ?? '') as unknown);
  } catch {
    return {};
  }
}
