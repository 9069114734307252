/** The checks of each API. */
import { anthropicChecks } from './anthropic.ts';
import type { Check } from './check.ts';
import { ollamaChecks } from './ollama.ts';
import { chatChecks } from './openai/chat.ts';
import { otherChecks } from './openai/others.ts';
import { refusalChecks } from './openai/refusals.ts';
import { toolChecks } from './openai/tools.ts';
import { responseChecks } from './responses.ts';

export const suites: Readonly<Record<string, readonly Check[]>> = {
  openai: [...chatChecks, ...toolChecks, ...refusalChecks, ...otherChecks],
  responses: responseChecks,
  anthropic: anthropicChecks,
  ollama: ollamaChecks,
};
