/**
 * What a client got, in a form in which two answers to the same request are equal: what each answer makes anew is replaced. All
 * that is known to be fresh stands here.
 */
import { type Capture } from './capture.ts';
export interface ClientAnswer {
    readonly status: number;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
}
export declare function answerOf(capture: Capture): ClientAnswer;
/** The answer as text, line by line. */
export declare function toComparable({ status, headers, body }: ClientAnswer): string;
/** The client's request, to be sent again. Undefined: the capture has none that can be. */
export declare function requestAgain(capture: Capture): {
    method: string;
    path: string;
    headers: Record<string, string>;
    body: Buffer | undefined;
} | undefined;
