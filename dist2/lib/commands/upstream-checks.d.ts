/** Checks of the way to each upstream: its name, the proxy, its certificate, and this machine's clock by the upstream's. */
import type { Config } from '../config/schema.ts';
import type { ProviderPlan } from '../providers/plan.ts';
import type { NamedCheck } from './findings.ts';
/**
 * One for each origin that a provider calls.
 * @param signedOut providers that nobody uses yet: a fault on the way there is worth a note
 */
export declare function upstreamChecks(config: Config, { providers }: ProviderPlan, signedOut: ReadonlySet<string>): NamedCheck[];
