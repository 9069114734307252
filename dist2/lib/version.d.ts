/** The package's version. */
export declare const version: string;
