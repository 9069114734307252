import { type Fault } from '../expectations.ts';
import { type Answer } from '../server.ts';
/** A refusal with one of the statuses, in the shape that SDKs read. */
export declare function expectOpenAiError(answer: Answer, statuses: readonly number[]): Fault;
export declare function expectErrorField(answer: Answer, field: string, wanted: string): Fault;
