import { notTrustedFault } from '../config/folder-file.ts';
import type { LoadedConfig } from '../config/load.ts';
import { ConfigError } from '../options/faults.ts';
import { loadServerConfig } from './server-config.ts';

/** @throws ConfigError, OpenCompatError when the server cannot start */
export async function runServe(flags: Record<string, unknown>): Promise<void> {
  async function load(): Promise<LoadedConfig> {
    const loaded = await loadServerConfig(flags, { loadsPlugins: true });
    // It may hold the client keys: serving without them would be unsafe.
    if (loaded.untrustedFile) throw new ConfigError([notTrustedFault(loaded.untrustedFile)]);
    return loaded;
  }
  const loaded = await load();
  const { startServer } = await import('../server/process.ts');
  await startServer(loaded, { load });
}
