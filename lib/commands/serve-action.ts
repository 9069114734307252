import { loadToServe } from './server-config.ts';

/** @throws ConfigError, OpenCompatError when the server cannot start */
export async function runServe(flags: Record<string, unknown>): Promise<void> {
  const load = () => loadToServe(flags);
  const loaded = await load();
  const { startServer } = await import('../server/process.ts');
  await startServer(loaded, { load });
}
