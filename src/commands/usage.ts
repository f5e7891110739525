import { closestName, diagnostic, suggestion } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';

/** What is known of the command whose line is wrong. */
export interface UsedCommand {
  /** As the framework names it: `policy:check`. */
  readonly id: string;
  /** Flags by name, with the values that those of a fixed choice take. */
  readonly flags: Readonly<Record<string, { readonly type?: string; readonly options?: readonly string[] }>>;
  /** Lines that work, as the help shows them. */
  readonly examples: readonly string[];
}

/** Of a command line that cannot be read: what is wrong with it, and a line that works or the name that was meant. */
export function usageDiagnostic(error: Error, command: UsedCommand): Diagnostic {
  return diagnostic('engine-usage', {
    summary: missingArguments(error) ?? missingFlags(error) ?? firstSentence(error),
    fix: suggestion(
      misspeltFlag(error),
      flagNames(command),
      optionFix(error, command) ?? exampleFix(command),
    ),
  });
}

/** The form of output that a command line asks for, as far as one that cannot be read tells; else text. */
export function formAskedFor(argv: readonly string[]): 'text' | 'json' | 'yaml' {
  if (argv.includes('--json')) return 'json';
  const line = ` ${argv.join(' ')} `;
  const [, form] = / (?:--output[ =]|-o[ =]?)(json|yaml) /.exec(line) ?? [];
  return form === 'json' || form === 'yaml' ? form : 'text';
}

/** `STACK is missing: stack module (.ts, .js), …` */
function missingArguments(error: Error): string | undefined {
  if (!('args' in error) || !Array.isArray(error.args)) return undefined;
  const missing = (error.args as readonly unknown[]).flatMap((item) =>
    typeof item === 'object' && item !== null && 'name' in item && typeof item.name === 'string'
      ? [{ name: item.name, meaning: 'description' in item ? String(item.description) : '' }]
      : [],
  );
  if (missing.length === 0) return undefined;
  return missing
    .map(
      ({ name, meaning }) =>
        `${name.toUpperCase()} is missing: ${meaning.charAt(0).toLowerCase()}${meaning.slice(1)}`,
    )
    .join(' ');
}

/** `--isl and --model are missing.` */
function missingFlags(error: Error): string | undefined {
  const names = [...error.message.matchAll(/Missing required flag (\S+)/g)].map(
    ([, name = '']) => `--${name}`,
  );
  const last = names.at(-1);
  if (last === undefined) return undefined;
  return names.length === 1
    ? `${last} is missing.`
    : `${names.slice(0, -1).join(', ')} and ${last} are missing.`;
}

/** The framework's words without its headings and its hint at the help. */
function firstSentence(error: Error): string {
  return error.message
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) =>
        line !== '' && !line.startsWith('See more help') && !/^The following errors? occurred:$/.test(line),
    )
    .join(' ');
}

/** Of a value that is none of a choice the one that was meant. */
function optionFix(error: Error, { flags }: UsedCommand): string | undefined {
  const [, name = '', value = ''] = /^Expected --([\w-]+)=([^\n]*?) to be one of: /.exec(error.message) ?? [];
  const meant = closestName(value, flags[name]?.options ?? []);
  return meant === undefined ? undefined : `Did you mean "--${name} ${meant}"?`;
}

function exampleFix({ id, examples }: UsedCommand): string {
  const command = `plimsoll ${id.replaceAll(':', ' ')}`;
  const [example] = examples;
  const shown = example?.replaceAll('<%= config.bin %>', 'plimsoll').trim();
  return shown === undefined
    ? `Run \`${command} --help\`.`
    : `For example: \`${shown}\`. \`${command} --help\` tells the rest.`;
}

function flagNames({ flags }: UsedCommand): readonly string[] {
  return Object.keys(flags).map((name) => `--${name}`);
}

/** The first flag of a parser error about flags that do not exist, with its dashes; else empty. */
function misspeltFlag(error: Error): string {
  const flags = 'flags' in error && Array.isArray(error.flags) ? (error.flags as readonly unknown[]) : [];
  return typeof flags[0] === 'string' ? flags[0] : '';
}
