import { type Delivery, type RecordedRequest } from './delivery.ts';
import { FakeAccount } from './fake-credentials.ts';
import { type FakeModel } from './fake-models.ts';
import { type UpstreamEvent } from './scripted-answer.ts';
export interface FakeChatGptOptions {
    /** The account's models: a slug (efforts low to xhigh) or a whole one. Default: a catalogue of several. */
    models?: readonly (string | FakeModel)[];
}
export interface FakeChatGpt {
    /** Base of the backend: `chatgptBaseUrl` in the configuration. */
    readonly url: string;
    /** Base of the sign-in (`POST /oauth/token`): `chatgptAuthUrl` in the configuration. */
    readonly authUrl: string;
    readonly account: FakeAccount;
    readonly models: readonly FakeModel[];
    /** Every `POST /codex/responses`, in order of arrival, refused ones too. */
    readonly requests: readonly RecordedRequest[];
    /** The newest of `requests`. @throws when there is none */
    readonly last: RecordedRequest;
    /** All other requests: models, usage, tokens, and paths that do not exist. */
    readonly otherRequests: readonly RecordedRequest[];
    /** The request with this index (0 is the first), as soon as it has arrived. */
    waitForRequest(index: number): Promise<RecordedRequest>;
    /**
     * Queues the answer of one request that passes the checks. Requests beyond the queue get the default answer.
     * @param answer events; or the name of a file in `spec/fixtures/responses`; or the URL of a file, for fixtures elsewhere
     */
    reply(answer: string | URL | readonly UpstreamEvent[], delivery?: Delivery): FakeChatGpt;
    /** Queues an answer in one piece: an error, a page of a CDN, … An object is sent as JSON, text as it is. */
    refuse(status: number, body: object | string, headers?: Record<string, string>): FakeChatGpt;
    /** What streams and the page of the plan's usage say from now on. */
    rateLimits: FakeRateLimits;
    /** From now on the access tokens given out so far are refused with `token_expired`; a refresh gives a good one. */
    expireTokens(): void;
    close(): Promise<void>;
}
/** A window of the plan. */
export interface FakeWindow {
    used_percent: number;
    window_minutes: number;
    /** Unix seconds. */
    reset_at: number;
}
/** What the backend says of the plan's windows; a window may be missing. */
export interface FakeRateLimits {
    primary: FakeWindow;
    secondary?: FakeWindow;
}
/** Starts a fake ChatGPT backend on a free port of 127.0.0.1. Close it when the test ends. */
export declare function createFakeChatGpt(options?: FakeChatGptOptions): Promise<FakeChatGpt>;
