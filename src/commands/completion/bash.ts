import type { Completed, CompletedCommand, CompletionModel } from './completion-model.ts';
import { shellQuote } from './shell-quote.ts';

/**
 * Completion for bash (3.2 and later), to be sourced. Words of the command line and names of files are compared and
 * offered, never evaluated: no `eval`, and no `compgen -W`, which expands its list.
 */
export function bashCompletion(model: CompletionModel): string {
  return [
    '# Completion of plimsoll for bash. Load it with: source <(plimsoll completion bash)',
    HELPERS,
    commandsFunction(model),
    wordsFunction(model),
    flagsFunction(model),
    valuesFunction(model),
    argsFunction(model),
    MAIN,
  ].join('\n\n');
}

const HELPERS = `# Offers those of its arguments that begin with what was typed.
_plimsoll_offer() {
  local word
  for word in "$@"; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}

_plimsoll_files() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$1" -- "$cur")
}

_plimsoll_plans() {
  local file folder
  for file in plans/*/plan.json; do
    [[ -f $file ]] || continue
    folder=\${file#plans/}
    _plimsoll_offer "\${folder%/plan.json}"
  done
  _plimsoll_files -f
}`;

function commandsFunction({ commands, topics }: CompletionModel): string {
  const names = [...commands, ...topics].map(({ name }) => name).toSorted();
  const known = names.map(shellQuote).join('|');
  return `# Whether words are those of a command, or the first of one.\n${caseFunction('_plimsoll_is_command', [`    ${known}) ;;`, '    *) return 1 ;;'])}`;
}

function wordsFunction({ commands, topics }: CompletionModel): string {
  const first = new Set([
    ...commands.map(({ name }) => name.split(' ')[0] ?? ''),
    ...topics.map(({ name }) => name),
  ]);
  const groups = Map.groupBy(
    commands.filter(({ name }) => name.includes(' ')),
    ({ name }) => name.split(' ')[0] ?? '',
  );
  const cases = [
    `    '') _plimsoll_offer ${quoted([...first].sort())} --help --version ;;`,
    ...[...groups].map(
      ([topic, group]) =>
        `    ${shellQuote(topic)}) _plimsoll_offer ${quoted(group.map(({ name }) => name.slice(topic.length + 1)))} ;;`,
    ),
  ];
  return `# Words that follow the words of a command.\n${caseFunction('_plimsoll_words', cases)}`;
}

function flagsFunction({ commands }: CompletionModel): string {
  const cases = commands.map(
    ({ name, flags }) =>
      `    ${shellQuote(name)}) _plimsoll_offer ${quoted(flags.flatMap(({ names }) => names.filter((flag) => flag.startsWith('--'))))} ;;`,
  );
  return `# Flags of a command.\n${caseFunction('_plimsoll_flags', cases)}`;
}

/** Flags with values, put together by what completes them. */
function valuesFunction({ commands }: CompletionModel): string {
  const places = commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ names, value }) =>
      value === undefined
        ? []
        : names.map((flag) => ({ place: shellQuote(`${name} ${flag}`), action: actionOf(value) })),
    ),
  );
  const cases = [...Map.groupBy(places, ({ action }) => action)].map(
    ([action, group]) => `    ${group.map(({ place }) => place).join('|')})\n      action=(${action}) ;;`,
  );
  return `# Sets what completes the value of a flag; fails for a flag that takes none.\n${caseFunction('_plimsoll_value', [...cases, '    *) return 1 ;;'])}`;
}

function argsFunction({ commands }: CompletionModel): string {
  const cases = commands.flatMap((command) =>
    command.args.map((arg, index) => `    ${argPattern(command, index)}) ${actionOf(arg)} ;;`),
  );
  return `# Argument of a command by its place, from 0.\n${caseFunction('_plimsoll_arg', cases)}`;
}

function argPattern({ name, args, isOpen }: CompletedCommand, index: number): string {
  return isOpen && index === args.length - 1 ? `${shellQuote(`${name} `)}*` : shellQuote(`${name} ${index}`);
}

function actionOf(completed: Completed): string {
  switch (completed.kind) {
    case 'words':
      return `_plimsoll_offer ${quoted(completed.words)}`;
    case 'file':
      return '_plimsoll_files -f';
    case 'folder':
      return '_plimsoll_files -d';
    case 'plan':
      return '_plimsoll_plans';
    case 'free':
      return ':';
  }
}

function caseFunction(name: string, cases: readonly string[]): string {
  return `${name}() {\n  case "$1" in\n${cases.join('\n')}\n  esac\n}`;
}

function quoted(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}

/** Finds the command, the flag whose value is typed and the place of the argument; `=` is a word of its own in bash. */
const MAIN = `_plimsoll() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command='' flag='' word index=1 place=0 awaited='' action=()
  COMPREPLY=()
  if [[ $cur == = ]]; then
    cur=''
  fi
  while ((index < COMP_CWORD)); do
    word=\${COMP_WORDS[index]}
    _plimsoll_is_command "\${command:+$command }$word" || break
    command=\${command:+$command }$word
    index=$((index + 1))
  done
  while ((index < COMP_CWORD)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == = ]]; then
      awaited=$flag
    elif [[ -n $awaited ]]; then
      awaited=''
    elif [[ $word == -* ]]; then
      flag=$word
      if _plimsoll_value "$command $word"; then awaited=$word; fi
    else
      place=$((place + 1))
    fi
    index=$((index + 1))
  done
  if [[ -n $awaited ]]; then
    _plimsoll_value "$command $awaited" && "\${action[@]}"
  elif [[ $cur == -* ]]; then
    _plimsoll_flags "$command"
  else
    ((place == 0)) && _plimsoll_words "$command"
    ((\${#COMPREPLY[@]} == 0)) && _plimsoll_arg "$command $place"
  fi
  return 0
}

complete -F _plimsoll plimsoll
`;
