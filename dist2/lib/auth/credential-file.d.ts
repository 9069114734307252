/**
 * Parses and writes the text of a credential file: in our own form (README.md), and reading only, in those of programs whose
 * sign-in can be imported. Pure.
 */
import { type Json } from '../lenient-json.ts';
import { Secret } from '../secret.ts';
/** One provider's sign-in. */
export interface StoredCredential {
    accessToken?: Secret;
    /** Single-use at ChatGPT: each refresh gives the next one. For Copilot: the GitHub token. */
    refreshToken?: Secret;
    idToken?: Secret;
    /** Unix seconds at which the access token expires. */
    expiresAtEpochS?: number;
    accountId?: string;
    email?: string;
    /** Unix seconds of the sign-in or the last refresh. */
    lastRefreshEpochS?: number;
}
/** A file's content in our form: `version`, one entry for each provider, and any other keys. */
export type CredentialDocument = Json;
/** The name of a provider with a sign-in. */
export type CredentialProvider = string;
/** A credential file that cannot be used. The message names the path and the next step, and quotes nothing of the file. */
export declare class CredentialFileError extends Error {
    readonly name = "CredentialFileError";
}
/**
 * Reads any known form as a document of ours. `path` is for messages.
 *
 * @throws CredentialFileError for a text that is not a JSON object in a known form
 */
export declare function parseCredentialFile(text: string, path: string): CredentialDocument;
export declare function formatCredentialFile(document: CredentialDocument): string;
/** The provider's sign-in; undefined when there is none, or it was signed out (`null`). */
export declare function readEntry(document: CredentialDocument, provider: CredentialProvider): StoredCredential | undefined;
/** All sign-ins of the document, by provider. */
export declare function readEntries(document: CredentialDocument): [provider: CredentialProvider, StoredCredential][];
/** The document with the provider's entry changed; unknown keys of the entry stay unchanged. */
export declare function writeEntry(document: CredentialDocument, provider: CredentialProvider, credential: StoredCredential | undefined): CredentialDocument;
