import { inspect } from 'node:util';
/** Text that must not leave the process: prints, serialises and inspects as `[secret]`; only `reveal()` gives the text. */
export declare class Secret {
    #private;
    constructor(text: string);
    reveal(): string;
    toString(): string;
    toJSON(): string;
    [inspect.custom](): string;
}
