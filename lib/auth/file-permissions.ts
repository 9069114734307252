import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const readOrWrite = 0o006;
const write = 0o002;

/**
 * Warns of permissions that let other users of the machine at the sign-ins. Group permissions are accepted: Kubernetes gives
 * volumes to a group.
 * @param path of the credential file
 * @returns a line for each, for the log
 */
export async function findLoosePermissions(path: string): Promise<string[]> {
  // Windows lacks these bits; Node's values for them mean nothing.
  if (process.platform === 'win32') return [];
  const directory = dirname(path);
  const [fileMode = 0, directoryMode = 0] = await Promise.all(
    [path, directory].map(async (name) => (await stat(name).catch(() => undefined))?.mode),
  );
  const warnings: string[] = [];
  if (fileMode & readOrWrite) {
    const what = fileMode & write ? 'write' : 'read';
    warnings.push(
      `EVERY USER OF THIS MACHINE CAN ${what.toUpperCase()} THE SIGN-INS in ${path}: run \`chmod 600 ${path}\`.`,
    );
  }
  if (directoryMode & write) {
    warnings.push(
      `EVERY USER OF THIS MACHINE CAN REPLACE THE SIGN-INS, because everyone may write in ${directory}: run \`chmod 700 ${directory}\`.`,
    );
  }
  return warnings;
}
