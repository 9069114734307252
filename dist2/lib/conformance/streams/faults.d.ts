/** Told of each rule that a stream breaks, as soon as it does. It may throw: then nothing more is read. */
export type Report<Rule extends string> = (rule: Rule, fault: string) => void;
/** Keeps the first fault of each rule. */
export declare class Faults<Rule extends string> {
    #private;
    readonly report: Report<Rule>;
    of(rule: Rule): string | undefined;
}
