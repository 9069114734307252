/** The models of the fake Copilot backend, and what it refuses of a request for an answer, in which words. */
import type { IncomingHttpHeaders } from 'node:http';
export interface FakeCopilotModel {
    id: string;
    /** Where it is asked. */
    paths: readonly string[];
    /** Does it reason? Such models take one temperature only. */
    efforts?: readonly string[];
    hasDimensions?: boolean;
    /** How it is asked to think in Anthropic's API. Absent: not at all. */
    thinking?: 'adaptive' | 'budget';
    /** Does it take sampling parameters in Anthropic's API? Default true. */
    isSampled?: boolean;
    /** An entry of `GET /models`. */
    entry: object;
}
export interface Refusal {
    status: number;
    body: object | string;
}
interface ModelTraits {
    vendor?: string;
    type?: 'chat' | 'embeddings' | 'completion';
    /** Where it is asked, when the list does not say so. */
    actualPaths?: readonly string[];
    paths?: readonly string[];
    efforts?: readonly string[];
    isPicked?: boolean;
    policy?: string;
    hasVision?: boolean;
    hasDimensions?: boolean;
    thinking?: 'adaptive' | 'budget';
    isSampled?: boolean;
}
export declare function createFakeCopilotModel(id: string, traits?: ModelTraits): FakeCopilotModel;
export declare const fakeCopilotModels: readonly FakeCopilotModel[];
/** @param names those that this path looks at; default: all */
export declare function findMissingHeader(headers: IncomingHttpHeaders, names?: string[]): Refusal | undefined;
/** @param body parsed JSON; undefined when it was none */
export declare function findCopilotRefusal(path: string, headers: IncomingHttpHeaders, body: unknown, models: readonly FakeCopilotModel[]): Refusal | undefined;
export {};
