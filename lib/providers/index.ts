/** The registry of providers: who can answer requests, in the order in which they are asked for a model. */
import type { Config } from '../config-schema.ts';
import type { Logger } from '../log.ts';
import type { RedisConnection } from '../redis.ts';
import type { Scheduler } from '../scheduler.ts';
import { openChatGpt } from './chatgpt/open.ts';
import { createDemoProvider } from './demo/index.ts';
import type { Provider } from './provider.ts';

export interface ProviderServices {
  config: Config;
  log: Logger;
  scheduler: Scheduler;
  /** Absent: sign-ins are kept in files. */
  redis?: RedisConnection;
}

/** Opens every provider of the configuration; the demo is there when asked for, or when nobody has signed in to another. */
export async function openProviders(services: ProviderServices): Promise<Provider[]> {
  const { config } = services;
  const others: Provider[] = [await openChatGpt(services)];
  const isListed = () => config.demo || !others.some((provider) => provider.readiness().hasCredentials);
  return [...others, createDemoProvider({ isListed })];
}
