/** Is a presented text the key? Compared in constant time; where there is no key, nothing is. */
export declare function createKeyCheck(key: string | undefined): (presented: string | undefined) => boolean;
