/** What is passed on to the server of the named model without being read: audio, edits of pictures, ranking, moderation, search. */
import type { ClientApi } from '../api.ts';
export declare const forwarded: ClientApi;
