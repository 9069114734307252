/**
 * Parses and writes the text of a credential file: in our own form (README.md), and reading only, in those of programs whose
 * sign-in can be imported. Pure.
 */

import { asObject, asText, type Json } from '../lenient-json.ts';
import { Secret } from '../secret.ts';
import { decodeTokenClaims } from './jwt.ts';

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

const documentVersion = 1;
/** The name of a provider with a sign-in. */
export type CredentialProvider = string;

/** A credential file that cannot be used. The message names the path and the next step, and quotes nothing of the file. */
export class CredentialFileError extends Error {
  override readonly name = 'CredentialFileError';
}

/**
 * Reads any known form as a document of ours. `path` is for messages.
 *
 * @throws CredentialFileError for a text that is not a JSON object in a known form
 */
export function parseCredentialFile(text: string, path: string): CredentialDocument {
  const json = parseJsonObject(text, path);
  const taken = isOurs(json, path) ? json : takeForeignForm(json);
  if (!taken) {
    throw new CredentialFileError(
      `${path} holds no sign-in of a known form (OpenCompat, Codex CLI, ChatMock, CLIProxyAPI). Move it away and run \`opencompat login\`.`,
    );
  }
  return taken;
}

export function formatCredentialFile(document: CredentialDocument): string {
  return `${JSON.stringify({ ...document, version: documentVersion }, null, 2)}\n`;
}

/** The provider's sign-in; undefined when there is none, or it was signed out (`null`). */
export function readEntry(document: CredentialDocument, provider: CredentialProvider): StoredCredential | undefined {
  const entry = asObject(document[provider]);
  return entry && fromTokens(entry, { expiresAt: entry.expires_at, lastRefresh: entry.last_refresh });
}

/** All sign-ins of the document, by provider. */
export function readEntries(document: CredentialDocument): [provider: CredentialProvider, StoredCredential][] {
  return Object.keys(document).flatMap((provider): [CredentialProvider, StoredCredential][] => {
    const credential = readEntry(document, provider);
    return credential ? [[provider, credential]] : [];
  });
}

/** The document with the provider's entry changed; unknown keys of the entry stay unchanged. */
export function writeEntry(
  document: CredentialDocument,
  provider: CredentialProvider,
  credential: StoredCredential | undefined,
): CredentialDocument {
  // `null` instead of no entry, so that an older program's file beside this one cannot undo the sign-out.
  if (!credential) return { ...document, [provider]: null };
  const { expiresAtEpochS, lastRefreshEpochS } = credential;
  return {
    ...document,
    [provider]: {
      ...asObject(document[provider]),
      type: 'oauth',
      access_token: credential.accessToken?.reveal(),
      refresh_token: credential.refreshToken?.reveal(),
      id_token: credential.idToken?.reveal(),
      expires_at: toTimestamp(expiresAtEpochS),
      account_id: credential.accountId,
      email: credential.email,
      last_refresh: toTimestamp(lastRefreshEpochS),
    },
  };
}

function parseJsonObject(text: string, path: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not the parser's own message: it quotes the text, and the text holds tokens.
    throw new CredentialFileError(
      `${path} is not valid JSON. Repair it, or move it away and run \`opencompat login\`.`,
    );
  }
  const object = asObject(json);
  if (!object)
    throw new CredentialFileError(`${path} does not hold a JSON object. Move it away and run \`opencompat login\`.`);
  return object;
}

function isOurs(json: Json, path: string): boolean {
  if (typeof json.version === 'number' && json.version > documentVersion) {
    throw new CredentialFileError(
      `${path} was written by a newer OpenCompat (form ${json.version}; this one knows ${documentVersion}). Update OpenCompat.`,
    );
  }
  return (
    json.version === documentVersion ||
    Object.keys(json).length === 0 ||
    Object.entries(json).some(([name, entry]) => isOurEntry(name, asObject(entry)))
  );
}

/** A hand-made file may lack the version. In Codex CLI's file, `tokens` holds the fields of our entry. */
function isOurEntry(name: string, entry: Json | undefined): boolean {
  return name !== 'tokens' && (asText(entry?.refresh_token) ?? asText(entry?.access_token)) !== undefined;
}

function takeForeignForm(json: Json): CredentialDocument | undefined {
  const tokens = asObject(json.tokens);
  if (tokens && (asText(tokens.refresh_token) || asText(tokens.access_token))) {
    // Codex CLI; ChatMock without `auth_mode`.
    const { tokens: _tokens, auth_mode: _mode, last_refresh: lastRefresh, ...rest } = json;
    return toDocument('chatgpt', fromTokens(tokens, { lastRefresh }), withoutNulls(rest));
  }
  if (json.type === 'codex') {
    // CLIProxyAPI.
    return toDocument('chatgpt', fromTokens(json, { expiresAt: json.expired, lastRefresh: json.last_refresh }));
  }
  if (json.type === 'oauth') {
    // OpenCompat 1.x, one provider to a file. For Copilot it holds only the GitHub token.
    const isCopilot = !asText(json.access_token) && /^gh[a-z]_/.test(asText(json.refresh_token) ?? '');
    return toDocument(isCopilot ? 'copilot' : 'chatgpt', fromTokens(json, { expiresAt: json.expires_at }));
  }
  return undefined;
}

function toDocument(provider: CredentialProvider, credential: StoredCredential | undefined, rest: Json = {}) {
  return credential && writeEntry({ ...rest, version: documentVersion }, provider, credential);
}

function fromTokens(entry: Json, times: { expiresAt?: unknown; lastRefresh?: unknown }): StoredCredential | undefined {
  const accessToken = asText(entry.access_token);
  const refreshToken = asText(entry.refresh_token);
  if (!accessToken && !refreshToken) return undefined;
  const idToken = asText(entry.id_token);
  const access = decodeTokenClaims(accessToken);
  const id = decodeTokenClaims(idToken);
  return {
    accessToken: toSecret(accessToken),
    refreshToken: toSecret(refreshToken),
    idToken: toSecret(idToken),
    // The access token's own expiry counts first: the files' times may come from wrong clocks.
    expiresAtEpochS: access.expiresAtEpochS ?? toEpochS(times.expiresAt),
    accountId: access.accountId ?? id.accountId ?? toAccountId(entry.account_id, [...access.userIds, ...id.userIds]),
    email: access.email ?? id.email ?? asText(entry.email),
    lastRefreshEpochS: toEpochS(times.lastRefresh),
  };
}

/** OpenCompat 1.x stored the user's id where the token named no account. */
function toAccountId(stored: unknown, userIds: readonly string[]): string | undefined {
  const id = asText(stored);
  return id !== undefined && userIds.includes(id) ? undefined : id;
}

function toSecret(text: string | undefined): Secret | undefined {
  return text === undefined ? undefined : new Secret(text);
}

/** RFC 3339 (https://www.rfc-editor.org/rfc/rfc3339) to Unix seconds. Go writes a time that was never set as the year 1. */
function toEpochS(timestamp: unknown): number | undefined {
  const timeMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return timeMs > 0 ? Math.floor(timeMs / 1000) : undefined;
}

function toTimestamp(epochS: number | undefined): string | undefined {
  const date = new Date((epochS ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function withoutNulls(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}
