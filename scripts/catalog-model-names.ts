/** Checkpoints with the same architecture that users name and the source table does not list. */
export const MORE_ALIASES: Readonly<Record<string, readonly string[]>> = {
  'meta-llama/Meta-Llama-3.1-8B': [
    'meta-llama/Llama-3.1-8B',
    'meta-llama/Llama-3.1-8B-Instruct',
    'meta-llama/Meta-Llama-3.1-8B-Instruct',
    'nvidia/Llama-3.1-8B-Instruct-FP8',
    'RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8',
  ],
  'meta-llama/Meta-Llama-3.1-70B': [
    'meta-llama/Llama-3.1-70B',
    'meta-llama/Llama-3.1-70B-Instruct',
    'meta-llama/Meta-Llama-3.1-70B-Instruct',
    'meta-llama/Llama-3.3-70B-Instruct',
    'nvidia/Llama-3.3-70B-Instruct-FP8',
    'nvidia/Llama-3.3-70B-Instruct-FP4',
    'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8',
    'deepseek-ai/DeepSeek-R1-Distill-Llama-70B',
  ],
  'meta-llama/Meta-Llama-3.1-405B': [
    'meta-llama/Llama-3.1-405B',
    'meta-llama/Llama-3.1-405B-Instruct',
    'meta-llama/Meta-Llama-3.1-405B-Instruct',
    'meta-llama/Llama-3.1-405B-Instruct-FP8',
    'nvidia/Llama-3.1-405B-Instruct-FP8',
    'nvidia/Llama-3.1-405B-Instruct-FP4',
  ],
  'meta-llama/Llama-4-Maverick-17B-128E-Instruct': [
    'meta-llama/Llama-4-Maverick-17B-128E',
    'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8',
  ],
  'meta-llama/Llama-4-Scout-17B-16E-Instruct': ['meta-llama/Llama-4-Scout-17B-16E'],
  'mistralai/Mixtral-8x7B-v0.1': [
    'mistralai/Mixtral-8x7B-Instruct-v0.1',
    'RedHatAI/Mixtral-8x7B-Instruct-v0.1-FP8',
  ],
  'mistralai/Mixtral-8x22B-v0.1': ['mistralai/Mixtral-8x22B-Instruct-v0.1'],
  'Qwen/Qwen3-8B': ['Qwen/Qwen3-8B-FP8'],
  'Qwen/Qwen3-0.6B': ['Qwen/Qwen3-0.6B-FP8'],
  'Qwen/Qwen3-1.7B': ['Qwen/Qwen3-1.7B-FP8'],
  'Qwen/Qwen3-Coder-480B-A35B-Instruct': ['Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8'],
  'deepseek-ai/DeepSeek-R1': [
    'deepseek-ai/DeepSeek-R1-0528',
    'deepseek-ai/DeepSeek-V3-0324',
    'nvidia/DeepSeek-R1-FP4',
  ],
};

/** Weight formats of those checkpoints (Hugging Face model pages, seen 2025). */
export const MORE_CHECKPOINTS: Readonly<Record<string, readonly string[]>> = {
  'meta-llama/Meta-Llama-3.1-8B': ['fp8'],
  'meta-llama/Meta-Llama-3.1-70B': ['fp8', 'nvfp4'],
  'meta-llama/Meta-Llama-3.1-405B': ['fp8', 'nvfp4'],
  'meta-llama/Llama-4-Maverick-17B-128E-Instruct': ['fp8'],
  'mistralai/Mixtral-8x7B-v0.1': ['fp8'],
  'Qwen/Qwen3-8B': ['fp8-block'],
  'Qwen/Qwen3-0.6B': ['fp8-block'],
  'Qwen/Qwen3-1.7B': ['fp8-block'],
  'Qwen/Qwen3-Coder-480B-A35B-Instruct': ['fp8-block'],
};
