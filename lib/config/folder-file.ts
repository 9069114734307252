/**
 * The configuration of the current directory. Somebody else may have written it, so it counts only where the person has trusted
 * the folder; even then it may send a sign-in only to the sign-in's own provider.
 */
import { basename } from 'node:path';
import { asText } from '../lenient-json.ts';
import type { Fault } from '../options/faults.ts';
import { configKeys } from './keys.ts';

export const folderRules = [
  {
    code: 'OC_FOLDER_NOT_TRUSTED',
    rule: 'A configuration in the current directory counts once you have said so: `opencompat trust`, or `--config`.',
  },
  {
    code: 'OC_SIGN_IN_HOST',
    rule: 'A configuration in the current directory may not send a sign-in to another host than its provider’s, nor into a Redis; your own, the environment and a flag may.',
  },
] as const;

const [notTrusted, signInHost] = folderRules;

/** The fault of a server start in a folder with an untrusted configuration. */
export function notTrustedFault(path: string): Fault {
  const reason =
    `${path} lies in the current directory, and it does not count until you say so. Read it; then ` +
    `\`opencompat trust\` makes it count here from now on, and \`opencompat --config ${basename(path)}\` does this once. ` +
    'To leave it out, start OpenCompat in another directory';
  return { path: '', reason, code: notTrusted.code };
}

/** The same for commands that go on without it. */
export function notTrustedWarning(path: string): string {
  return `${path} is not read: you have not trusted its directory. \`opencompat trust\` does that.`;
}

/**
 * Values that would send a sign-in elsewhere.
 * @param values of a file in the current directory
 */
export function findForeignHosts(values: Readonly<Record<string, unknown>>): Fault[] {
  return configKeys.flatMap(({ name, schema, env }) => {
    const hosts = schema['x-sign-in-hosts'] as readonly string[] | undefined;
    if (!hosts || values[name] === undefined || isAt(asText(values[name]), hosts)) return [];
    const elsewhere = `set it in your own configuration${env[0] ? ` or by ${env[0]}` : ''}`;
    const reason =
      hosts.length > 0
        ? `a sign-in goes there, so a file of the current directory may only name https and ${hosts.join(' or ')}; ${elsewhere}`
        : `sign-ins are kept there, so a file of the current directory may not say it; ${elsewhere}`;
    return [{ path: name, reason, code: signInHost.code }];
  });
}

/** Is it an https address of one of the hosts, or of a host below it? */
function isAt(text: string | undefined, hosts: readonly string[]): boolean {
  const url = text === undefined ? null : URL.parse(text);
  if (url?.protocol !== 'https:') return false;
  return hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
}
