import type { Completed, CompletedCommand, CompletedFlag, CompletionModel } from './completion-model.ts';
import { shellQuote } from './shell-quote.ts';

/** Completion for zsh (5.0 and later), to be sourced or put into a folder of `fpath` as `_plimsoll`. */
export function zshCompletion(model: CompletionModel): string {
  return `${[
    '#compdef plimsoll',
    '# Completion of plimsoll for zsh. Load it with: source <(plimsoll completion zsh)',
    PLANS,
    wordsFunction(model),
    `_plimsoll_command() {\n  case "$1" in\n${model.commands.map(commandCase).join('\n')}\n  *) return 1 ;;\n  esac\n}`,
    mainFunction(model),
  ].join('\n\n')}\n`;
}

const PLANS = `_plimsoll_plans() {
  local -a names
  names=(plans/*/plan.json(N:h:t))
  (( $#names )) && compadd -a names
  _files
}`;

function wordsFunction({ commands, topics }: CompletionModel): string {
  const described = (items: readonly { readonly name: string; readonly about: string }[]): string =>
    items.map(({ name, about }) => shellQuote(`${name.replaceAll(':', String.raw`\:`)}:${about}`)).join(' ');
  const first = [...commands.filter(({ name }) => !name.includes(' ')), ...topics];
  const groups = Map.groupBy(
    commands.filter(({ name }) => name.includes(' ')),
    ({ name }) => name.split(' ')[0] ?? '',
  );
  const cases = [
    `  '') words_of=(${described(first.toSorted((a, b) => (a.name < b.name ? -1 : 1)))}) ;;`,
    ...[...groups].map(
      ([topic, group]) =>
        `  ${shellQuote(topic)}) words_of=(${described(group.map(({ name, about }) => ({ name: name.slice(topic.length + 1), about })))}) ;;`,
    ),
  ];
  return `_plimsoll_words() {\n  local -a words_of\n  case "$1" in\n${cases.join('\n')}\n  *) return 1 ;;\n  esac\n  _describe -t commands 'command' words_of\n}`;
}

function commandCase(command: CompletedCommand): string {
  const specs = [
    ...command.flags.flatMap(flagSpecs),
    ...command.args.map((arg, index) =>
      shellQuote(
        `${command.isOpen && index === command.args.length - 1 ? '*' : String(index + 1)}: :${actionOf(arg)}`,
      ),
    ),
  ];
  return `  ${shellQuote(command.name)})\n    _arguments -s -S ${specs.join(' \\\n      ')} ;;`;
}

/** One specification for each name; a long name takes its value after `=` or as the next word. */
function flagSpecs({ names, about, value }: CompletedFlag): readonly string[] {
  return names.map((name) => {
    const takes = value === undefined ? '' : `:value:${actionOf(value)}`;
    const joint = value === undefined ? '' : name.startsWith('--') ? '=' : '+';
    return shellQuote(
      `${name}${joint}[${about.replaceAll(/[[\]\\]/g, String.raw`\$&`).replaceAll(':', String.raw`\:`)}]${takes}`,
    );
  });
}

function actionOf(completed: Completed): string {
  switch (completed.kind) {
    case 'words':
      return `(${completed.words.map((word) => word.replaceAll(/[^\w./@-]/g, String.raw`\$&`)).join(' ')})`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'plan':
      return '_plimsoll_plans';
    case 'free':
      return ' ';
  }
}

/** Finds the words of the command and leaves the rest to `_arguments` as if they were one. */
function mainFunction({ commands, topics }: CompletionModel): string {
  const known = [...commands, ...topics].map(({ name }) => shellQuote(name)).join('|');
  return `_plimsoll() {
  local command=''
  integer index=2
  while (( index < CURRENT )) && [[ \${words[index]} != -* ]]; do
    case "\${command:+$command }\${words[index]}" in
    (${known}) command="\${command:+$command }\${words[index]}" ;;
    (*) break ;;
    esac
    (( index++ ))
  done
  if (( index == CURRENT )) && [[ \${words[CURRENT]} != -* ]]; then
    _plimsoll_words "$command" && return 0
  fi
  words=(plimsoll "\${(@)words[index,-1]}")
  (( CURRENT -= index - 2 ))
  _plimsoll_command "$command"
}

if [[ \${funcstack[1]} == _plimsoll ]]; then
  _plimsoll "$@"
else
  compdef _plimsoll plimsoll
fi`;
}
