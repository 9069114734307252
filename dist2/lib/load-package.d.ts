/**
 * Loads a package, or a file by its path, on demand, synchronously: what the start does not need would take much of its time
 * and of an idle server's memory.
 */
export declare function loadPackage<T>(name: string): T;
