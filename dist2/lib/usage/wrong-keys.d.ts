/** Addresses that guess client keys: after some wrong ones a minute, their keys are not looked at any more for a while. */
export interface WrongKeysOptions {
    /** Wrong keys in a window. */
    limit: number;
    windowMs: number;
    /** Milliseconds. */
    now?: () => number;
}
export declare class WrongKeys {
    #private;
    constructor({ limit, windowMs, now }: WrongKeysOptions);
    /**
     * Takes note of a key that an address has presented.
     * @param keyId of the right key; undefined for a wrong one
     * @returns milliseconds for which this address's keys are refused, this one too; 0 = none
     */
    note(address: string, keyId: string | undefined): number;
}
