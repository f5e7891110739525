import { success } from '../../diagnostics/index.ts';
import { examine } from '../../engine/index.ts';
import { checksPage } from '../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';

export default class Doctor extends BaseCommand {
  static override description = 'Say what this machine lacks for planning; changes nothing.';

  static override examples = ['<%= config.bin %> doctor'];

  static override flags = { ...outputFlag('markdown'), ...FULL_FLAG };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const checks = await examine(this.host());
    const isFit = checks.every((check) => check.state !== 'missing');
    this.finish(success(checks), formOf(flags), () => ({
      ...this.show(flags.output, checks, (palette) => checksPage(checks, palette)),
      exitCode: isFit ? 0 : 1,
    }));
  }
}
