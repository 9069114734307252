import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { writeHash } from '../config/key-hash.ts';
import { createKeyText } from '../usage/client-keys.ts';

export async function runHashKey(name: string, command: Command): Promise<void> {
  const given = process.stdin.isTTY ? '' : (await text(process.stdin)).trim();
  // It has to fit into an HTTP header (RFC 9110 §5.5, https://www.rfc-editor.org/rfc/rfc9110#section-5.5).
  if (!/^[\x21-\x7e]*$/.test(given)) command.error('error: a client key is one word of printable ASCII characters');
  const key = given || createKeyText();
  const hash = writeHash(key);
  // A key that was given is known; there is no need to leave it in a terminal.
  if (!given) console.log(key);
  console.log(`${hash}\n\n${stringify({ clientKeys: [{ name, hash }] }).trimEnd()}`);
}
