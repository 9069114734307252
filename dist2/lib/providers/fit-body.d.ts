import { type Json } from '../lenient-json.ts';
import type { TakenFields } from './model-notes.ts';
import type { UpstreamRequest } from './provider.ts';
/** @param ignore is told of each field that goes */
export declare function fitBody(body: Json, { omit, efforts }: TakenFields, ignore: (param: string) => void): Json;
/** What is left for the server to see to, of Chat Completions. */
export declare function honouredWith({ omit }: TakenFields): UpstreamRequest['honours'];
/** Asks for the usage in a stream; no client has asked for it, so it is not reported where it is missing. */
export declare function withUsage(body: Json, streamOptions: unknown, { omit }: TakenFields): Json;
