/** Rules for ChatGPT's keys that a schema cannot express. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigCheck, ConfigRules, RewrittenValues, WrittenOf } from '../../options/fragment.ts';
import type { chatGptKeys } from './config.ts';

type Written = WrittenOf<typeof chatGptKeys>;

/**
 * `instructions` may itself be the path (`file:prompt.md`, `./prompt.md`), and `off` is an old spelling of `auto`.
 * A path is relative to where it was given.
 */
function rewrite(values: Readonly<Record<string, unknown>>, directory: string): RewrittenValues {
  const { instructions, instructionsFile } = values;
  const path = typeof instructions === 'string' ? pathOfInstructions(instructions) : undefined;
  if (path !== undefined) {
    return {
      values: { ...values, instructions: 'file', instructionsFile: resolve(directory, path) },
      writtenAs: { instructionsFile: 'instructions' },
    };
  }
  return {
    values: {
      ...values,
      ...(instructions === 'off' && { instructions: 'auto' }),
      ...(typeof instructionsFile === 'string' &&
        instructionsFile && { instructionsFile: resolve(directory, instructionsFile) }),
    },
  };
}

function pathOfInstructions(text: string): string | undefined {
  return /^file:(.+)$/.exec(text)?.[1] ?? (/[./\\]/.test(text) ? text : undefined);
}

const checks: readonly ConfigCheck<Written>[] = [
  {
    code: 'OC_INSTRUCTIONS_WITHOUT_FILE',
    rule: '`instructions: file` needs `instructionsFile`.',
    keys: ['instructions', 'instructionsFile'],
    find({ instructions, instructionsFile }) {
      if (instructions !== 'file' || instructionsFile !== undefined) return [];
      return [{ path: 'instructions', value: instructions, reason: 'needs instructionsFile' }];
    },
  },
  {
    code: 'OC_INSTRUCTIONS_FILE_MISSING',
    rule: '`instructionsFile` must be a file when `instructions` is `file`.',
    keys: ['instructionsFile', 'instructions'],
    find({ instructions, instructionsFile }) {
      if (instructions !== 'file' || instructionsFile === undefined) return [];
      if (statSync(instructionsFile, { throwIfNoEntry: false })?.isFile()) return [];
      return [{ path: 'instructionsFile', value: instructionsFile, reason: 'is not a file that exists' }];
    },
  },
];

export const chatGptRules: ConfigRules<Written> = {
  rewrite,
  checks,
  warn({ instructionsFile }, isGiven) {
    if (instructionsFile === undefined || isGiven('instructions')) return [];
    return ['instructionsFile is not read, because instructions is not `file`.'];
  },
};
