/**
 * The directories of the person's files: configuration, credentials, caches.
 * (https://specifications.freedesktop.org/basedir/latest/)
 */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ConfigError } from '../options/faults.ts';
import { readSafely } from '../thrown.ts';

export interface Directories {
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly configDir: string;
}

/**
 * @param warnings gets a line for each unusable variable
 * @throws ConfigError without a home directory or variables that replace it
 */
export function findDirectories(env: NodeJS.ProcessEnv, warnings: string[]): Directories {
  return {
    dataDir: findDirectory(env, 'XDG_DATA_HOME', '.local/share', warnings),
    cacheDir: findDirectory(env, 'XDG_CACHE_HOME', '.cache', warnings),
    configDir: findDirectory(env, 'XDG_CONFIG_HOME', '.config', warnings),
  };
}

/** By the specification, a relative path must be ignored. */
function findDirectory(env: NodeJS.ProcessEnv, variable: string, fallback: string, warnings: string[]): string {
  const given = env[variable]?.trim();
  if (given && isAbsolute(given)) return join(given, 'opencompat');
  if (given) warnings.push(`${variable}=${given} is ignored: it is not an absolute path.`);
  return join(findHome(env, variable), fallback, 'opencompat');
}

function findHome(env: NodeJS.ProcessEnv, variable: string): string {
  // An empty or relative one would put the credentials wherever the program is started.
  const home = [() => env.HOME?.trim(), homedir].map(readSafely).find(isHome);
  if (home === undefined) {
    // The system's list of users may lack a container's user.
    const reason = `there is no home directory: set HOME, or ${variable} and the other XDG_…_HOME variables, to a folder that is kept`;
    throw new ConfigError([{ path: '', source: 'HOME', reason }]);
  }
  return home;
}

function isHome(path: string | undefined): path is string {
  return path !== undefined && isAbsolute(path);
}

/** @throws ConfigError where the directory that the program was started in has been removed */
export function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    throw new ConfigError([{ path: '', reason: 'the current directory is gone; start OpenCompat in another' }]);
  }
}
