import { describe, expect, it } from 'vitest';
import { dynamoRuntime } from './dynamo-runtimes.ts';

describe('the Dynamo release for an engine version', () => {
  it.each([
    ['vllm', '0.23.0', '1.3.1'],
    ['vllm', '0.19.1', '1.1.1'],
    ['vllm', '0.9.0', '1.1.1'],
    ['vllm', '0.27.1', '1.5.0'],
    ['sglang', '0.5.14', '1.3.1'],
    ['sglang', '0.5.12', '1.2.1'],
    ['sglang', '0.5.x', '1.1.1'],
  ])('%s %s is nearest in %s', (engine, version, release) => {
    expect(dynamoRuntime(engine, version)?.release).toBe(release);
  });

  it('is the older one of two that are as near', () => {
    expect(dynamoRuntime('sglang', '0.5.16')?.release).toBe('1.3.1');
  });

  it('is none for an engine that has no image here', () => {
    expect(dynamoRuntime('tensorrt-llm', '1.2.0')).toBeUndefined();
  });
});
