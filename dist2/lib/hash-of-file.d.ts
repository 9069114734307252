/** A text that differs when the text of a file does; undefined for one that cannot be read. */
export declare function hashOfFile(path: string): string | undefined;
