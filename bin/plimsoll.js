#!/usr/bin/env node
// Starts the command line. Written so that an old Node can still read it and say that it is too old.
const REQUIRED_NODE = 24;

if (Number(process.versions.node.split('.')[0]) < REQUIRED_NODE) {
  console.error(
    'plimsoll needs Node ' +
      REQUIRED_NODE +
      ' or newer; this is Node ' +
      process.versions.node +
      '.\n' +
      'Inside a checkout, `npm ci` installs it and `npx plimsoll` uses it. Elsewhere: `npx -p node@' +
      REQUIRED_NODE +
      ' -p plimsoll plimsoll`.',
  );
  process.exitCode = 1;
} else {
  process.on('SIGINT', () => process.exit(130));
  import('../dist/commands/main.js').then(({ main }) => main(import.meta.url));
}
