/** What checks say of a value: a fault in words, or nothing where it is as it should be. */
/** How the rule was broken, in words; undefined where it holds. */
export type Fault = string | undefined;
/** The server does not have by design what the check is about: it is skipped, and counts as such. */
export declare class NotApplicable extends Error {
    readonly name = "NotApplicable";
}
/** A value as a fault shows it. */
export declare function show(value: unknown): string;
export declare function unless(holds: boolean, fault: string): Fault;
/** @param what is of the value, such as `finish_reason` */
export declare function expectOneOf(what: string, value: unknown, allowed: readonly unknown[]): Fault;
/** Neither absent nor empty. */
export declare function expectText(what: string, value: unknown): Fault;
export declare function expectCount(what: string, value: unknown): Fault;
export declare function expectList(what: string, value: unknown): Fault;
export declare function expectMediaType(headers: Headers, wanted: string): Fault;
