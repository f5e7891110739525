import type { Completed, CompletedCommand, CompletedFlag, CompletionModel } from './completion-model.ts';
import { fishQuote } from './shell-quote.ts';

/** Completion for fish (3.0 and later), to be sourced or put into `~/.config/fish/completions/plimsoll.fish`. */
export function fishCompletion(model: CompletionModel): string {
  return `${[
    '# Completion of plimsoll for fish. Load it with: plimsoll completion fish | source',
    HELPERS,
    'complete -c plimsoll -e',
    'complete -c plimsoll -f',
    ...wordLines(model),
    ...model.commands.flatMap(commandLines),
  ].join('\n')}\n`;
}

/** The words of the command line are compared as lists of words, never evaluated. */
const HELPERS = `function __plimsoll_words
    set -l words
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and break
        set -a words $word
    end
    string join ' ' -- $words
end

# Whether the command line is that of a command: its words, then arguments.
function __plimsoll_is
    set -l typed (__plimsoll_words)
    set -l wanted "$argv[1] "
    test (string sub -l (string length -- "$wanted") -- "$typed ") = "$wanted"
end

function __plimsoll_begins
    set -l typed (__plimsoll_words)
    test "$typed" = "$argv[1]"
end

function __plimsoll_plans
    for file in plans/*/plan.json
        string replace -r '^plans/(.*)/plan\\.json$' '$1' -- $file
    end
end`;

function wordLines({ commands, topics }: CompletionModel): readonly string[] {
  const first = [...commands.filter(({ name }) => !name.includes(' ')), ...topics];
  const second = commands.filter(({ name }) => name.includes(' '));
  return [
    ...first.map(({ name, about }) => wordLine('', name, about)),
    ...second.map(({ name, about }) => {
      const [topic = '', ...rest] = name.split(' ');
      return wordLine(topic, rest.join(' '), about);
    }),
  ];
}

function wordLine(before: string, word: string, about: string): string {
  return `complete -c plimsoll -n ${condition('__plimsoll_begins', before)} -a ${fishQuote(word)} -d ${fishQuote(about)}`;
}

function commandLines(command: CompletedCommand): readonly string[] {
  const at = `complete -c plimsoll -n ${condition('__plimsoll_is', command.name)}`;
  const [arg] = command.args;
  return [
    ...command.flags.map((flag) => `${at} ${flagWords(flag)}`),
    ...(arg === undefined || arg.kind === 'free' ? [] : [`${at} ${valueWords(arg)}`]),
  ];
}

function flagWords({ names, about, value }: CompletedFlag): string {
  const named = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = value === undefined ? '' : ` -r ${valueWords(value)}`;
  return `${named.join(' ')}${takes} -d ${fishQuote(about)}`;
}

function valueWords(completed: Completed): string {
  switch (completed.kind) {
    case 'words':
      return `-f -a ${fishQuote(completed.words.map(fishQuote).join(' '))}`;
    case 'file':
      return '-F';
    case 'folder':
      return `-f -a '(__fish_complete_directories)'`;
    case 'plan':
      return `-F -a '(__plimsoll_plans)'`;
    case 'free':
      return '-f';
  }
}

/** A condition of `complete -n`, which fish evaluates: its argument is quoted within. */
function condition(name: string, words: string): string {
  return fishQuote(`${name} ${fishQuote(words)}`);
}
