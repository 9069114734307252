/**
 * The registry: the built-in providers, one line each. Whoever adds or removes one touches its folder and its line here;
 * all others ask `builtIns` (built-ins.ts). What stands behind these lines is light: a definition loads what it opens
 * when that is asked for.
 */
export { chatGpt } from './chatgpt/definition.ts';
export { copilot } from './copilot/definition.ts';
export { demo } from './demo/definition.ts';
export { openAiCompatible } from './openai-compatible/definition.ts';
