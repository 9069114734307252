import { type FakeCopilotModel } from './copilot-refusals.ts';
import { type Delivery, type RecordedRequest } from './delivery.ts';
import { type StreamScript, type WholeAnswer } from './fake-server.ts';
import { type ScriptedItem } from './scripted-answer.ts';
export declare const fakeCopilotClientId = "Iv1.fake";
/** What the fake's quota headers say, of one of its windows. */
export declare const fakeSnapshot = "ent=300&ov=0.0&ovPerm=false&rem=97.5&rst=2026-12-01T00%3A00%3A00Z";
export interface FakeCopilotOptions {
    /** Default: a catalogue of several. */
    models?: readonly FakeCopilotModel[];
}
export interface FakeCopilot {
    /** For `githubUrl` and `githubApiUrl`. */
    readonly url: string;
    /** The backend that the tokens' answers name. */
    readonly backendUrl: string;
    /** A GitHub token that is good: `refresh_token` in the credential file. */
    readonly gitHubToken: string;
    /** Every request for an answer, in order of arrival, refused ones too. */
    readonly requests: readonly RecordedRequest[];
    /** The newest of `requests`. @throws when there is none */
    readonly last: RecordedRequest;
    /** All other requests: sign-in, tokens, account, models. */
    readonly otherRequests: readonly RecordedRequest[];
    /** How many of `otherRequests` were for this path. */
    count(path: string): number;
    /**
     * Queues the answer of one request that passes the checks: events or chunks, or the name of a file of the fixtures, or
     * the URL of any file.
     */
    reply(answer: StreamScript, delivery?: Delivery): FakeCopilot;
    /** Queues an answer in one piece. */
    refuse(status: number, body: object | string, headers?: Record<string, string>): FakeCopilot;
    /** Queues an answer in the form that the request asks for: its path's, streamed or whole. */
    answer(script: string | readonly ScriptedItem[], id?: string): FakeCopilot;
    /** Queues an answer to a request of another path, such as `/copilot_internal/v2/token`. */
    answerOnce(path: string, answer: WholeAnswer | {
        hold: Promise<unknown>;
    }): FakeCopilot;
    /** From now on the Copilot tokens given out so far are refused; an exchange gives a good one. */
    expireTokens(): void;
    /** The person takes the access away: GitHub tokens and Copilot tokens are refused. */
    revoke(): void;
    /** A further GitHub token, as if someone had signed in. */
    signIn(): string;
    /** The person types the code. @returns false when there is no such code */
    enterCode(userCode: string): boolean;
    denyCode(userCode: string): boolean;
    /** Seconds, as the device flow's answer says them. */
    device: {
        intervalS: number;
        expiresInS: number;
    };
    /** Seconds after which a token should be replaced, as its answer says it. */
    refreshInS: number;
    close(): Promise<void>;
}
/** An answer in Anthropic's API, with thinking. */
export declare function messageEvents(model: string): object[];
/** What GitHub's page of the account says. */
export declare const fakeAccount: {
    login: string;
    access_type_sku: string;
    copilot_plan: string;
    chat_enabled: boolean;
    assigned_date: string;
    quota_reset_date: string;
    organization_list: never[];
    quota_snapshots: {
        chat: {
            entitlement: number;
            remaining: number;
            percent_remaining: number;
            unlimited: boolean;
            overage_count: number;
            quota_id: string;
        };
        premium_interactions: {
            entitlement: number;
            remaining: number;
            quota_remaining: number;
            percent_remaining: number;
            unlimited: boolean;
            overage_count: number;
            overage_permitted: boolean;
            quota_id: string;
        };
    };
};
/** Starts a fake GitHub and Copilot backend on a free port of 127.0.0.1. Close it when the test ends. */
export declare function createFakeCopilot(options?: FakeCopilotOptions): Promise<FakeCopilot>;
