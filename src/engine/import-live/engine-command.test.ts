import { describe, expect, it } from 'vitest';
import { engineCommand } from './engine-command.ts';

function read(container: object) {
  return engineCommand({ containers: [{ name: 'side', image: 'envoy:1' }, container] });
}

describe('an engine in a pod', () => {
  it.each<[string, object, object]>([
    [
      'vLLM by its command',
      {
        image: 'docker.io/vllm/vllm-openai:v0.19.0',
        command: ['vllm', 'serve'],
        args: ['org/m', '--tensor-parallel-size=2', '--enforce-eager', '--max-model-len', '16384'],
      },
      {
        engine: 'vllm',
        version: '0.19.0',
        model: 'org/m',
        flags: { 'tensor-parallel-size': '2', 'enforce-eager': 'true', 'max-model-len': '16384' },
      },
    ],
    [
      'vLLM by its image alone',
      { image: 'vllm/vllm-openai:latest', args: ['--model', 'org/m', '-tp', '4'] },
      { engine: 'vllm', model: 'org/m', flags: { model: 'org/m', 'tensor-parallel-size': '4' } },
    ],
    [
      'vLLM as a module in a shell, with variables',
      {
        image: 'registry.local/serving:1',
        command: ['/bin/bash', '-lc'],
        args: [
          'exec python3 -m vllm.entrypoints.openai.api_server \\\n  --model "$(MODEL)" --served_model_name=m --enable-prefix-caching --port 80',
        ],
        env: [{ name: 'MODEL', value: 'org/m-FP8' }],
      },
      {
        engine: 'vllm',
        version: undefined,
        model: 'org/m-FP8',
        servedName: 'm',
        flags: { model: 'org/m-FP8', 'served-model-name': 'm', 'enable-prefix-caching': 'true', port: '80' },
      },
    ],
    [
      'SGLang',
      {
        image: 'lmsysorg/sglang:v0.5.14-cu126',
        command: ['python3', '-m', 'sglang.launch_server'],
        args: ['--model-path', 'org/m', '--tp-size', '8', '--context-length=32768'],
      },
      {
        engine: 'sglang',
        version: '0.5.14',
        model: 'org/m',
        flags: { 'model-path': 'org/m', 'tensor-parallel-size': '8', 'max-model-len': '32768' },
      },
    ],
    [
      'TensorRT-LLM',
      {
        image: 'nvcr.io/nvidia/tensorrt-llm/release:1.3.0',
        command: ['trtllm-serve', 'org/m', '--tp_size', '2', '--max_seq_len', '8192'],
      },
      {
        engine: 'tensorrt-llm',
        version: '1.3.0',
        model: 'org/m',
        flags: { 'tensor-parallel-size': '2', 'max-model-len': '8192' },
      },
    ],
  ])('is %s', (_, container, expected) => {
    const { flags, ...found } = read(container)!;
    const plain = Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined));
    expect({ ...found, flags: Object.fromEntries(flags) }).toEqual(plain);
  });

  it.each<[string, object]>([
    ['another server', { image: 'nginx:1', args: ['--model', 'x'] }],
    [
      'a program that only names one',
      { image: 'tools:1', command: ['python3', 'bench.py', '--backend', 'vllm'] },
    ],
    ['nothing', {}],
  ])('is not %s', (_, container) => {
    expect(read(container)).toBeUndefined();
  });

  it('is not run: what a shell would do stays text', () => {
    const found = read({
      image: 'x:1',
      command: ['sh', '-c', 'vllm serve "$(cat /etc/hostname)" && rm -rf /tmp/x'],
    });
    expect(found?.model).toBe('$(cat /etc/hostname)');
  });
});
