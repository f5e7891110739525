import { describe, expect, it } from 'vitest';
import { inlineCrew } from '../capacity/crew.ts';
import type { Shape } from '../candidates/shape.ts';
import { raceRole } from './race-roles.ts';
import { canExchange, whyNotInRole } from './role-options.ts';
import { CountedCrew } from '../capacity/counted-crew.ts';
import { longPrompts, shapesOn, subjectOf } from './testing/subject.ts';

const [ONE, TWO] = shapesOn('h', [1, 2]) as [Shape, Shape];

function changed(shape: Shape, engine: string, changes: Partial<Shape['configuration']> = {}): Shape {
  const engineVersion = { sglang: '0.5.14', 'tensorrt-llm': '1.3.0rc20' }[engine] ?? shape.engineVersion;
  const configuration = { ...shape.configuration, ...changes, engine };
  return { ...shape, id: `${shape.id}-${engine}`, engineVersion, configuration };
}

const piped = { parallelism: { ...TWO.configuration.parallelism, tensorParallel: 1, pipelineParallel: 2 } };

describe('roles that an engine can run', () => {
  it('are asked for each role: vLLM hands over from no pipeline, TensorRT-LLM not at all', () => {
    for (const role of ['prefill', 'decode'] as const) {
      expect(whyNotInRole(role, ONE)).toBeUndefined();
      expect(whyNotInRole(role, changed(TWO, 'vllm', piped))).toContain('pipelines');
      expect(whyNotInRole(role, changed(TWO, 'sglang', piped))).toBeUndefined();
      expect(whyNotInRole(role, changed(ONE, 'tensorrt-llm'))).toContain('fixed list');
    }
  });

  it('meet their partner: SGLang decodes in a pipeline only as long as that of prefill', () => {
    const [flat, pipeline] = [changed(TWO, 'sglang'), changed(TWO, 'sglang', piped)];
    expect(canExchange(pipeline, flat)).toBe(true);
    expect(canExchange(flat, pipeline)).toBe(false);
    expect(canExchange(flat, ONE)).toBe(false);
    expect(canExchange(ONE, TWO)).toBe(true);
  });

  it('are told when left out, and raced all the same when asked for', async () => {
    const subject = subjectOf(longPrompts(2), { longest: 400 });
    const shapes = [ONE, changed(TWO, 'vllm', piped)];
    const race = (includesUnexecutable: boolean) => {
      const inline = inlineCrew(subject);
      const crew = new CountedCrew(inline);
      const effort = { screen: { count: 200, tolerance: 0.2 }, middle: { count: 200, tolerance: 0.2 } };
      return raceRole(
        'prefill',
        {
          subject,
          crew: inline,
          shapes,
          includesUnexecutable,
          accelerators: { h: 8 },
          load: { kind: 'most' },
          aim: 'most',
          weigh: () => 1,
        },
        { crew, effort },
      );
    };
    const reasons = (await race(false)).rejected.filter((item) => item.reason === 'not-executable');
    expect(reasons.map((item) => item.candidate)).toEqual([`${shapes[1]!.id}-prefill`]);
    expect((await race(true)).rejected.map((item) => item.reason)).not.toContain('not-executable');
  });
});
