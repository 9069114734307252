import type { OpenAI } from 'openai';
import type { Middleware } from '../../lib/chain/middleware.ts';
import type { PluginEntry } from '../../lib/chain/plan.ts';
import type { WrittenConfig } from '../../lib/config/schema.ts';
import type { ProviderPlugin } from '../../lib/providers/definition.ts';
import type { ReloadReport } from '../../lib/server/config-state.ts';
import { type RunningServer } from '../../lib/server/server.ts';
import { type FakeChatGpt, type FakeChatGptOptions } from './fake-chatgpt.ts';
import { type FakeCopilot, type FakeCopilotOptions } from './fake-copilot.ts';
/** Where a plugin stands: `before`, `after` or `replace` a box, and for which `apis`. */
export type Placement = Omit<PluginEntry, 'middleware' | 'options'>;
/** A plugin alone, or with its options, or with options and place. */
export type HarnessPlugin = Middleware | readonly [Middleware, (Record<string, unknown> | undefined)?, Placement?];
/** As in the configuration; or a provider plugin alone, or with its options. */
export type HarnessProvider = Partial<WrittenConfig['providers'][string]> | ProviderPlugin | readonly [ProviderPlugin, Record<string, unknown>?];
export interface HarnessOptions extends FakeChatGptOptions {
    /** Further providers, by name, in the order in which they are asked; plugins that are given as such come first. */
    providers?: Readonly<Record<string, HarnessProvider>>;
    /** Plugins besides those of the configuration. */
    plugins?: readonly HarnessPlugin[];
    /** As in `opencompat.config.yaml`. Only where `usageStore` is `file` does the server keep a ledger. */
    config?: Partial<Omit<WrittenConfig, 'providers'>>;
    /** Environment variables of the server. It sees no others: neither the machine's, nor anyone's real sign-in. */
    env?: Record<string, string>;
    /** A client key that the server then asks for; `client` and `fetch` send it. Default: the server asks for none. */
    apiKey?: string;
    /** Opens what is the operator's alone, as `opencompat reload`. Default: nobody may. */
    operatorKey?: string;
    /** Is there a fake GitHub Copilot too, to which the server is signed in? Default: the server knows of no Copilot. */
    copilot?: true | FakeCopilotOptions;
    /** Is the server signed in to the fake backend? Default true. */
    isSignedIn?: boolean;
}
/** A line of the server's log. */
export interface LogLine {
    level: string;
    message: string;
    timestamp: string;
    [field: string]: unknown;
}
export interface Harness {
    /** The server's, without `/v1`. */
    readonly url: string;
    /**
     * The `openai` package's client for this server. It does not retry, so that what a test counts is what it caused.
     * @throws when the `openai` package is not installed
     */
    readonly client: OpenAI;
    /** What the server takes for ChatGPT. */
    readonly upstream: FakeChatGpt;
    /** What the server takes for GitHub and its Copilot. @throws when the option `copilot` is not set */
    readonly copilot: FakeCopilot;
    /** `fetch` for a path of the server, such as `/v1/models`; sends `apiKey` unless there is another `authorization`. */
    fetch(path: string, init?: RequestInit): Promise<Response>;
    /** What the server has logged so far. */
    readonly logs: readonly LogLine[];
    readonly server: RunningServer;
    /** Where the server keeps its credentials, as `auth.json`. */
    readonly dataDir: string;
    /** The configuration file of the server. */
    readonly configFile: string;
    /** Changes keys of the configuration file, and has the server take them up; without keys, has it read the file again. */
    reload(config?: Partial<WrittenConfig>): Promise<ReloadReport>;
    /** Ends the server, cutting what still runs, and the fake backend. Called by itself when the test ends. */
    close(): Promise<void>;
}
/** The harness needs only `after` of a test runner, as node:test's context has it. */
export interface Cleanup {
    after(task: () => Promise<void>): void;
}
/**
 * Starts a server and a fake backend on free ports of 127.0.0.1, with folders of their own, and closes all when the test
 * ends. Nothing of it leaves the machine.
 *
 * @param t the test's context
 */
export declare function createHarness(t: Cleanup, options?: HarnessOptions): Promise<Harness>;
