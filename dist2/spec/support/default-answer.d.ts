import type { ScriptedItem } from './scripted-answer.ts';
/** The text of every answer that is not asked to be anything else. */
export declare const defaultText = "Hello from the fake backend: one, two, three.";
/** The text of the summary that a request with `reasoning.summary` gets. */
export declare const defaultReasoning = "Thinking about what was asked.";
/** @param requestBody one that the backend does not refuse */
export declare function createDefaultAnswer(requestBody: object): ScriptedItem[];
