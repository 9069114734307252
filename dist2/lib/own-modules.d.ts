/** @param path from the package's root, without an extension: `routes/index` */
export declare function importOwn<T>(path: string): Promise<T>;
