import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { cliFolder } from './cli-folder.ts';

/*
 * Builds Pulumi's command line and its YAML language from their Go modules into the cache folder, where the tests find them: `node
 * stacks/tools/build-cli.ts`. Takes some five minutes of a processor. The two need different versions of Pulumi's engine, hence two modules.
 */
const folder = cliFolder();
mkdirSync(folder, { recursive: true });

/** The release builds of the command line say their version; a build from its module must be told. */
const VERSION = '-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.250.0';

for (const [module, tool] of [
  ['cli', 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi'],
  ['yaml', 'github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml'],
] as const) {
  const target = path.join(folder, path.basename(tool));
  console.error(`building ${tool}`);
  execFileSync(
    'go',
    ['build', '-mod=readonly', '-trimpath', '-ldflags', `-s -w ${VERSION}`, '-o', target, tool],
    {
      cwd: path.join(import.meta.dirname, module),
      stdio: 'inherit',
    },
  );
}
console.error(`built in ${folder}`);
