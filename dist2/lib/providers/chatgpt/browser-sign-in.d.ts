import { type AuthClient, type TokenSet } from './oauth.ts';
export interface BrowserSignInOptions {
    client: AuthClient;
    /** Unguessable; comes back with the redirect. */
    state: string;
    /** PKCE verifier, and its S256 challenge. */
    verifier: string;
    codeChallenge: string;
    /** Keeps the tokens. The browser is told of success only afterwards. */
    save(tokens: TokenSet): Promise<void>;
    /** Ends the wait. */
    signal: AbortSignal;
}
export interface BrowserSignIn {
    /** What the person opens. */
    url: URL;
    redirectUri: string;
    /** Takes the address (or its query) at which a browser elsewhere ended. @returns what is wrong with it, if something is */
    paste(text: string): Promise<string | undefined>;
    /** Settles when the tokens are saved, or the sign-in has failed. @throws SignInError */
    done: Promise<void>;
}
/** @throws SignInError when neither port is free */
export declare function startBrowserSignIn(options: BrowserSignInOptions): Promise<BrowserSignIn>;
/** The query of a pasted address, with or without the address. */
export declare function parsePastedRedirect(text: string): URLSearchParams | undefined;
