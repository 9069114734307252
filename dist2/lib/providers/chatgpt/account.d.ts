import type { StoredCredential } from '../../auth/credential-file.ts';
import type { AccountReport, SignInServices, SignInWay } from '../sign-in.ts';
import type { ChatGptConfig } from './config.ts';
/** @throws SignInError, CredentialFileError */
export declare function signIn(services: SignInServices<ChatGptConfig>, way: SignInWay): Promise<void>;
/** A sign-in that cannot be revoked is removed all the same. */
export declare function revoke({ config, prompts }: SignInServices<ChatGptConfig>, credential: StoredCredential): Promise<void>;
export declare function report({ config, log, store, }: SignInServices<ChatGptConfig>): Promise<AccountReport | undefined>;
