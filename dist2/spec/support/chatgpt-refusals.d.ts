/**
 * What the ChatGPT backend refuses in the body of `POST /codex/responses`, and in which words. Refusals of the gateway are
 * a `detail`, text or list; those of the model side behind it have the public API's `error` object.
 */
import type { FakeModel } from './fake-models.ts';
export interface Refusal {
    status: number;
    body: unknown;
}
/** @returns how the backend refuses the body; undefined when it takes it */
export declare function findRefusal(body: unknown, models: readonly FakeModel[]): Refusal | undefined;
