import { type Delivery, type RecordedRequest } from './delivery.ts';
import { type StreamScript } from './fake-server.ts';
import { type ScriptedItem } from './scripted-answer.ts';
export interface FakeOpenAiServerOptions {
    /** Ids of its models. Default `fake-model`, `fake-small` and `fake-embedding`. */
    models?: readonly (string | Record<string, unknown>)[];
    /** The key it asks for. Default: none, and any is taken. */
    apiKey?: string;
    /** Does it serve `POST /v1/responses`? Default false: such requests get a 404. */
    hasResponses?: boolean;
    /** Parameters, and keys of messages, that it takes besides OpenAI's own (`top_k`, `reasoning_content`, …). `everything`: it
     * refuses nothing. */
    takes?: readonly string[] | 'everything';
}
export interface FakeOpenAiServer {
    /** Base of the API, with `/v1`. */
    readonly url: string;
    /** Every request for a chat completion or a response, in order of arrival, refused ones too. */
    readonly requests: readonly RecordedRequest[];
    /** The newest of `requests`. @throws when there is none */
    readonly last: RecordedRequest;
    /** All other requests: models, embeddings, and paths that do not exist. */
    readonly otherRequests: readonly RecordedRequest[];
    /** The request with this index (0 is the first), as soon as it has arrived. */
    waitForRequest(index: number): Promise<RecordedRequest>;
    /**
     * Queues the answer of one request that passes the checks. Requests beyond the queue get the default answer.
     * @param answer chunks, to which `[DONE]` is added; or the name of a file in `spec/fixtures/chat` (for a request to
     * `/responses`: in `spec/fixtures/responses`); or the URL of a file
     */
    reply(answer: StreamScript, delivery?: Delivery): FakeOpenAiServer;
    /** Queues an answer in one piece: an error, a whole completion (with status 200), … Text is sent as it is. */
    refuse(status: number, body: object | string, headers?: Record<string, string>): FakeOpenAiServer;
    /** Queues an answer in the form that the request asks for: its API's, streamed or whole. */
    answer(script: string | readonly ScriptedItem[], id?: string): FakeOpenAiServer;
    close(): Promise<void>;
}
/** What the default answer says. */
export declare const fakeChatText = "Hello from the fake server.";
/** The vectors that it gives: this, with the input's place as the last number. */
export declare const fakeVector: number[];
/** A scripted stream of chunks: text in words, then how it ends. */
export declare function scriptChunks(text: string, { model, finishReason, id }?: {
    finishReason?: string | undefined;
    id?: string | undefined;
    model?: string | undefined;
}): object[];
/** Starts a fake server on a free port of 127.0.0.1. Close it when the test ends. */
export declare function createFakeOpenAiServer(options?: FakeOpenAiServerOptions): Promise<FakeOpenAiServer>;
