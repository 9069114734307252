import { lstat, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { CredentialFileError } from '../auth/credential-file.ts';
import type { CredentialStore } from '../auth/credential-store.ts';
import { findLoosePermissions } from '../auth/file-permissions.ts';
import { signInProviders } from '../providers/sign-ins.ts';
import { openCredentials } from './credentials.ts';

/** As many entries as someone reads; kept answers may be thousands of files. */
const maxListed = 200;

/** Lists the data folder and checks it, for an image without a shell: a line each, and status 1 when a check fails. */
export async function runData(program: Command): Promise<void> {
  const { config, store } = await openCredentials(program);
  const faults: string[] = [];
  const findings: string[] = [];
  // First, as it makes the folder where there is none.
  await store
    .checkWritable()
    .then(() => findings.push('it can be written'))
    .catch((error) => faults.push(spoken(error)));
  faults.push(...(await findLoosePermissions(store.path)));
  await describeSignIns(store)
    .then((lines) => findings.push(...lines))
    .catch((error) => faults.push(spoken(error)));

  console.log(config.dataDir);
  for (const line of await listFolder(config.dataDir)) console.log(line);
  for (const finding of findings) console.log(`ok      ${finding}`);
  for (const fault of new Set(faults)) console.log(`failed  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

/** @throws what is no fault of the files */
function spoken(error: unknown): string {
  if (error instanceof CredentialFileError) return error.message;
  throw error;
}

/** @throws CredentialFileError */
async function describeSignIns(store: CredentialStore): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, title } of signInProviders) {
    const found = await store.read(name);
    if (!found) continue;
    const refreshed =
      found.lastRefreshEpochS && `, refreshed ${new Date(found.lastRefreshEpochS * 1000).toISOString()}`;
    lines.push(`${relative(dirname(store.path), store.path)} holds a sign-in to ${title}${refreshed || ''}`);
  }
  return lines.length > 0 ? lines : ['there is no sign-in: `opencompat login` makes one'];
}

/** Lines as of `ls -l`: mode, owner and group, bytes, time of the last change, name. */
async function listFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const listed = entries.toSorted().slice(0, maxListed);
  const rows = await Promise.all(
    listed.map(async (name) => {
      const found = await lstat(join(folder, name)).catch(() => undefined);
      if (!found) return [];
      const isFolder = found.isDirectory();
      const size = isFolder ? '-' : String(found.size);
      const time = found.mtime.toISOString().replace(/\.\d+/, '');
      return [
        [describeMode(found.mode, isFolder), `${found.uid}:${found.gid}`, size, time, name + (isFolder ? '/' : '')],
      ];
    }),
  );
  const lines = rows.flat().map(([mode, owner, size, time, name]) => {
    return `${mode}  ${owner}  ${size!.padStart(10)}  ${time}  ${name}`;
  });
  const rest = entries.length - listed.length;
  return rest > 0 ? [...lines, `… and ${rest} more`] : lines;
}

/** `-rw-------` */
function describeMode(mode: number, isFolder: boolean): string {
  const bits = [...'rwxrwxrwx'].map((letter, index) => (mode & (0o400 >> index) ? letter : '-'));
  return (isFolder ? 'd' : '-') + bits.join('');
}
