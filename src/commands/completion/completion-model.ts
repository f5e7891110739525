/** What completes a place in a command line. */
export type Completed =
  | { readonly kind: 'file' | 'folder' | 'plan' | 'free' }
  /** Words to offer; whether others are taken is for the command to say. */
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** A flag as shells complete it. */
export interface CompletedFlag {
  /** With dashes, the long name first: `--output`, `-o`. */
  readonly names: readonly string[];
  readonly about: string;
  /** Absent of a flag without a value. */
  readonly value?: Completed;
}

/** A command as shells complete it. */
export interface CompletedCommand {
  /** Words after `plimsoll`: `policy check`. */
  readonly name: string;
  readonly about: string;
  readonly flags: readonly CompletedFlag[];
  /** What each argument may be; the last stands for all further ones where `isOpen`. */
  readonly args: readonly Completed[];
  readonly isOpen: boolean;
}

/** All that shells complete, sorted by name. */
export interface CompletionModel {
  readonly commands: readonly CompletedCommand[];
  /** First words of commands of two, with what they are about. */
  readonly topics: readonly { readonly name: string; readonly about: string }[];
}

/** A command as the framework's manifest describes it. */
export interface DescribedCommand {
  readonly id: string;
  readonly description?: string | undefined;
  readonly hidden?: boolean | undefined;
  readonly strict?: boolean | undefined;
  readonly args: Readonly<Record<string, DescribedArg>>;
  readonly flags: Readonly<Record<string, DescribedFlag>>;
}

interface DescribedArg {
  readonly description?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

interface DescribedFlag {
  readonly name: string;
  readonly char?: string | undefined;
  readonly type: 'boolean' | 'option';
  readonly description?: string | undefined;
  readonly helpValue?: string | readonly string[] | undefined;
  readonly options?: readonly string[] | undefined;
  readonly allowNo?: boolean | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly hidden?: boolean | undefined;
}

/** Where the commands and what they know come from. */
export interface CompletionSources {
  readonly commands: readonly DescribedCommand[];
  readonly topics: readonly { readonly name: string; readonly description?: string | undefined }[];
  /** Words that a flag or argument of a name may take, beside others: `model`, `accelerator`, `pack`. */
  readonly known: Readonly<Record<string, readonly string[]>>;
}

/** Characters of a description at most. */
const MOST_ABOUT = 76;

/** What shells complete of these commands. */
export function completionModel({ commands, topics, known }: CompletionSources): CompletionModel {
  const shown = commands.filter((command) => command.hidden !== true);
  const names = new Set(shown.map((command) => command.id));
  return {
    commands: shown.map((command) => completedCommand(command, known)).toSorted(byName),
    topics: topics
      .filter(({ name }) => !names.has(name) && shown.some(({ id }) => id.startsWith(`${name}:`)))
      .map(({ name, description }) => ({ name, about: aboutOf(description) }))
      .toSorted(byName),
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function completedCommand(command: DescribedCommand, known: CompletionSources['known']): CompletedCommand {
  const help = { names: ['--help'], about: 'Show help of this command' };
  return {
    name: command.id.replaceAll(':', ' '),
    about: aboutOf(command.description),
    flags: [
      ...Object.values(command.flags)
        .filter((flag) => flag.hidden !== true)
        .map((flag) => completedFlag(flag, known)),
      help,
    ].toSorted((a, b) => ((a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1)),
    args: Object.entries(command.args).map(([name, arg]) => completedArg(name, arg, known)),
    isOpen: command.strict === false,
  };
}

function completedFlag(flag: DescribedFlag, known: CompletionSources['known']): CompletedFlag {
  const names = [
    `--${flag.name}`,
    ...(flag.allowNo === true ? [`--no-${flag.name}`] : []),
    ...(flag.aliases ?? []).map((alias) => `--${alias}`),
    ...(flag.char === undefined ? [] : [`-${flag.char}`]),
  ];
  const about = aboutOf(flag.description);
  return flag.type === 'boolean' ? { names, about } : { names, about, value: flagValue(flag, known) };
}

function flagValue(flag: DescribedFlag, known: CompletionSources['known']): Completed {
  const words = flag.options ?? known[flag.name];
  if (words !== undefined) return { kind: 'words', words };
  const meanings = String(flag.helpValue ?? '').split('|');
  if (meanings.includes('DIR')) return { kind: 'folder' };
  if (meanings.includes('FILE')) return { kind: 'file' };
  return { kind: meanings.includes('PLAN') ? 'plan' : 'free' };
}

/** Arguments that name no file, and those that may name a plan by its stack. */
const NO_FILES: ReadonlySet<string> = new Set(['query', 'workload']);
const PLANS: ReadonlySet<string> = new Set(['plan', 'target', 'before', 'after']);

function completedArg(name: string, arg: DescribedArg, known: CompletionSources['known']): Completed {
  const words = arg.options ?? known[name];
  if (words !== undefined) return { kind: 'words', words };
  if (PLANS.has(name)) return { kind: 'plan' };
  return { kind: NO_FILES.has(name) ? 'free' : 'file' };
}

/** The first clause of a description. */
function aboutOf(description: string | undefined): string {
  const [clause = ''] = (description ?? '').split(/[.;:](?: |$)|\n/);
  return clause.length <= MOST_ABOUT ? clause : `${clause.slice(0, MOST_ABOUT - 1).trimEnd()}…`;
}
