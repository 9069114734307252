/**
 * Base URLs with a `/v1` too few or too many: clients of OpenAI's API want one, those of Anthropic's and Ollama's none, and
 * each adds its own path behind it. Others end with a slash, are those of the whole path, or of another server.
 */
import type { Logger } from '../log.ts';
import type { Route } from './route.ts';
/** Finds the path that was meant by one that leads nowhere; undefined where none is near. */
export declare function createSlipFinder(routes: readonly Pick<Route, 'path'>[]): (path: string) => string | undefined;
/** Tells the log what a client's base URL should end with, each time another one comes. */
export declare class SlipNotices {
    #private;
    /** @param isBare do the client's paths begin with `/v1` themselves, as those of Anthropic's SDKs do? */
    tell(log: Logger, asked: string, meant: string, isBare: boolean): void;
}
