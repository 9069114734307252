/** Keeps a file's owner when root writes: `sudo opencompat login` serves a server that does not run as root. */
import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The owner of the path, or of the nearest existing directory above it. */
async function ownerOf(path: string): Promise<Owner | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found) return found;
    if (dirname(at) === at) return undefined;
  }
}

/** The owner that a file written there by root should have; undefined: it need not be changed. */
export async function ownerToKeep(path: string): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await ownerOf(path);
  return owner?.uid === 0 ? undefined : owner;
}

/** Where the system does not let root give files away, it is said: the server may not be able to read them. */
export async function giveTo(owner: Owner, path: string, change: (uid: number, gid: number) => Promise<void>) {
  await change(owner.uid, owner.gid).catch(({ code }: NodeJS.ErrnoException) => {
    process.emitWarning(`${path} belongs to root now (${code}); a server that runs as another user cannot read it.`);
  });
}

/** Makes a directory and those above it that are missing. @param mode permission bits of each that is made */
export async function makeDirectories(path: string, mode: number): Promise<void> {
  const owner = await ownerToKeep(path);
  const first = await mkdir(path, { recursive: true, mode });
  if (!owner || first === undefined) return;
  let made = first;
  await giveTo(owner, made, (uid, gid) => chown(made, uid, gid));
  for (const step of relative(first, path).split(sep).filter(Boolean)) {
    made = join(made, step);
    await giveTo(owner, made, (uid, gid) => chown(made, uid, gid));
  }
}
