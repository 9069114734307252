import type { AccountReport, SignInServices } from '../sign-in.ts';
import type { CopilotConfig } from './config.ts';
/** @throws SignInError, CredentialFileError */
export declare function signIn({ config, store, prompts, signal, }: SignInServices<CopilotConfig>): Promise<void>;
/** GitHub lets only the owner of an OAuth client revoke its tokens, or the person. */
export declare function revoke({ config, prompts }: SignInServices<CopilotConfig>): Promise<void>;
export declare function report({ config, log, store, }: SignInServices<CopilotConfig>): Promise<AccountReport | undefined>;
