/**
 * Decodes a file that a person wrote, with or without a byte order mark: Notepad writes one before UTF-8, and
 * PowerShell 5 writes UTF-16 when a command's output is redirected into a file.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}
