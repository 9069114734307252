import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const readOrWrite = 0o006;
const write = 0o002;

/**
 * What lets other users of the machine at the sign-ins. Groups are left alone: Kubernetes gives volumes to one.
 * @param path of the credential file
 * @returns a line for each, for the log
 */
export async function findLoosePermissions(path: string): Promise<string[]> {
  // Windows has no such bits; Node makes some up.
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
      `EVERY USER OF THIS MACHINE CAN REPLACE THE SIGN-INS, because all may write in ${directory}: run \`chmod 700 ${directory}\`.`,
    );
  }
  return warnings;
}
