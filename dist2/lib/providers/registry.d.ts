/**
 * The registry: the built-in providers, one line each. Adding or removing one touches its folder and its line here; all other
 * code uses `builtIns` (built-ins.ts). Definitions are light: each loads its implementation on demand.
 */
export { anthropic } from './anthropic/definition.ts';
export { chatGpt } from './chatgpt/definition.ts';
export { copilot } from './copilot/definition.ts';
export { demo } from './demo/definition.ts';
export { openAiCompatible } from './openai-compatible/definition.ts';
export { replay } from './replay/definition.ts';
