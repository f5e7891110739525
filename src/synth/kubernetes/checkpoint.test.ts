import { describe, expect, it } from 'vitest';
import type { ModelDocument, ProblemDocument } from '../../model/index.ts';
import { isPublishedIn, publishedId } from './checkpoint.ts';

function problem(models: readonly Partial<ModelDocument>[] = []): ProblemDocument {
  return {
    apiVersion: 'plimsoll.dev/v1alpha1',
    name: 'p',
    pools: [],
    workloads: [],
    catalog: { models: models as readonly ModelDocument[] },
  };
}

describe('the checkpoint to load', () => {
  it.each([
    ['a published id', 'meta-llama/Llama-3.1-70B-Instruct', 'meta-llama/Llama-3.1-70B-Instruct'],
    ['an id in another case', 'META-llama/llama-3.1-70b-instruct', 'meta-llama/Llama-3.1-70B-Instruct'],
    ['the last part of an id', 'llama-3.1-70b-instruct', 'meta-llama/Llama-3.1-70B-Instruct'],
    ['a path', '/models/mine', '/models/mine'],
    ['an id nobody knows', 'me/My-Model', 'me/My-Model'],
    ['a name nobody knows', 'my-model', 'my-model'],
  ])('of %s', (_, declared, expected) => {
    expect(publishedId(declared, problem())).toBe(expected);
  });

  it('is the one of the problem where both catalogues know the name', () => {
    const own = problem([{ name: 'me/Llama-3.1-70B-Instruct' }]);
    expect(publishedId('Llama-3.1-70B-Instruct', own)).toBe('me/Llama-3.1-70B-Instruct');
  });
});

describe('the format of the checkpoint', () => {
  it('is that of the weights where the model is published in it', () => {
    expect(isPublishedIn('deepseek-ai/DeepSeek-V3', 'fp8-block')).toBe(true);
    expect(isPublishedIn('openai/gpt-oss-120b', 'mxfp4')).toBe(true);
  });

  it('is another where the weights were converted, and unknown for models that nobody knows', () => {
    expect(isPublishedIn('deepseek-ai/DeepSeek-V3', 'nvfp4')).toBe(false);
    expect(isPublishedIn('me/My-Model', 'fp8-block')).toBe(false);
  });
});
