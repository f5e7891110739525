import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';

const PLAN = readFileSync(path.resolve(import.meta.dirname, '../../plans/chat/plan.json'), 'utf8');
const FILES = { 'plan.json': PLAN };

describe('synth --target pulumi', () => {
  it('writes a project in YAML and one in TypeScript beside the plan', () => {
    withFolder(FILES, (folder) => {
      const finished = plimsoll(['synth', 'plan.json', '--target', 'pulumi'], { cwd: folder });
      expect(finished).toMatchObject({ exitCode: 0 });
      expect(finished.stdout).toContain('1 program in YAML and TypeScript written to pulumi.');
      expect(readdirSync(path.join(folder, 'pulumi'), { recursive: true }).sort()).toEqual([
        'aws-us-east-1-karpenter',
        'aws-us-east-1-karpenter/ec2nodeclass-chat.yaml',
        'aws-us-east-1-typescript',
        'aws-us-east-1-typescript/Pulumi.yaml',
        'aws-us-east-1-typescript/index.ts',
        'aws-us-east-1-typescript/package.json',
        'aws-us-east-1-typescript/tsconfig.json',
        'aws-us-east-1-yaml',
        'aws-us-east-1-yaml/Pulumi.yaml',
      ]);
    });
  });

  it('leaves the settings of a stack and installed packages where they are', () => {
    withFolder(FILES, (folder) => {
      const project = path.join(folder, 'out/aws-us-east-1-yaml');
      mkdirSync(project, { recursive: true });
      writeFileSync(path.join(project, 'Pulumi.prod.yaml'), 'config: {}\n');
      const finished = plimsoll(['synth', 'plan.json', '--target', 'pulumi', '--out', 'out'], {
        cwd: folder,
      });
      expect(finished.exitCode).toBe(0);
      expect(readFileSync(path.join(project, 'Pulumi.prod.yaml'), 'utf8')).toBe('config: {}\n');
    });
  });

  it('says in JSON what the projects build and what they must be told', () => {
    withFolder(FILES, (folder) => {
      const finished = plimsoll(['synth', 'plan.json', '--target', 'pulumi', '--json'], { cwd: folder });
      const { projects } = jsonOf(finished).result as {
        projects: readonly {
          settings: readonly { name: string }[];
          resources: readonly { type: string }[];
        }[];
      };
      expect(projects[0]?.settings.map(({ name }) => name)).toContain('clusterName');
      expect(projects[0]?.resources.map(({ type }) => type)).toContain('aws:eks/accessEntry:AccessEntry');
    });
  });

  it('refuses a folder that holds the working directory', () => {
    withFolder(FILES, (folder) => {
      const finished = plimsoll(['synth', 'plan.json', '--target', 'pulumi', '--out', '.', '--json'], {
        cwd: folder,
      });
      expect([finished.exitCode, codesOf(finished)]).toEqual([64, ['engine-usage']]);
      expect(existsSync(path.join(folder, 'aws-us-east-1-yaml'))).toBe(false);
    });
  });
});
