/**
 * Decodes a file that a person wrote, with or without a byte order mark: Notepad writes one before UTF-8, and
 * PowerShell 5 writes UTF-16 when a command's output is redirected into a file.
 */
export declare function decodeText(bytes: Uint8Array): string;
