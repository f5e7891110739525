import type { Hook } from '@oclif/core';
import { DIAGNOSTIC_CODES, closestName, diagnostic } from '../../diagnostics/index.ts';
import { PLAIN, printableLines, renderDiagnostics } from '../../report/index.ts';
import { formAskedFor } from '../usage.ts';

/** Names the closest command when the one typed does not exist, and exits with the code for wrong usage. */
const commandNotFound: Hook<'command_not_found'> = function ({ id, config, argv = [] }) {
  const typed = id.replaceAll(':', ' ');
  const known = config.commandIDs.map((name) => name.replaceAll(':', ' '));
  const closest = closestName(typed, known);
  const problem = diagnostic('engine-usage', {
    summary: `There is no command "${typed}".`,
    fix:
      closest === undefined
        ? 'Run `plimsoll --help` for all commands.'
        : `Did you mean \`plimsoll ${closest}\`?`,
  });
  if (formAskedFor(argv) === 'json') {
    process.stdout.write(`${JSON.stringify({ ok: false, diagnostics: [problem] }, undefined, 2)}\n`);
  } else process.stderr.write(printableLines(renderDiagnostics([problem], PLAIN)));
  process.exit(DIAGNOSTIC_CODES['engine-usage'].exitCode);
};

export default commandNotFound;
