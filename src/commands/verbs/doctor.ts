import { success } from '../../diagnostics/index.ts';
import { examine } from '../../engine/index.ts';
import { renderTable } from '../../report/index.ts';
import { BaseCommand, JSON_FLAG } from '../base-command.ts';

export default class Doctor extends BaseCommand {
  static override description = 'Say what this machine lacks for planning; changes nothing.';

  static override examples = ['<%= config.bin %> doctor'];

  static override flags = { ...JSON_FLAG };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const checks = await examine(this.host());
    const missing = checks.filter((check) => check.state === 'missing').length;
    const { palette } = this;
    const colour = { ok: palette.good, limited: palette.caution, missing: palette.bad };
    this.finish(success(checks), flags.json ? 'json' : 'text', () => ({
      json: checks,
      text: `${renderTable(
        [{ title: 'CHECK' }, { title: 'STATE' }, { title: 'DETAIL' }, { title: 'NEXT STEP' }],
        checks.map((check) => [check.name, colour[check.state](check.state), check.detail, check.fix]),
      )}\n\n${missing === 0 ? 'This machine can plan.' : `This machine lacks ${missing} of ${checks.length}.`}\n`,
      exitCode: missing === 0 ? 0 : 1,
    }));
  }
}
