/**
 * A strict stand-in for the sign-in server of ChatGPT, on loopback: it checks what the real one checks (client, redirect
 * address, PKCE verifier, single use of codes and refresh tokens) and refuses in the same words. A refresh token that comes
 * twice ends its whole family, as with the real one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const fakeClientId = 'app_fake_client';

export interface FakeSignIn {
  email?: string;
  accountId?: string;
  planType?: string;
  isFedramp?: boolean;
  /** Seconds until the first access token ends; refreshed ones last as long as `refreshedExpiresInS`. Default: ten days. */
  expiresInS?: number;
  refreshedExpiresInS?: number;
}

export interface FakeTokenSet {
  accessToken: string;
  refreshToken: string;
  idToken: string;
}

/** What happens to one request instead of, or after, its ordinary handling. */
export type AuthFault =
  /** Answered so, and not acted upon. */
  | { status: number; body?: string; headers?: Record<string, string> }
  /** The connection ends without an answer: before the server acts, or after it has. */
  | { cut: 'before' | 'after' }
  /** Handled when this resolves. */
  | { hold: Promise<unknown> };

export interface RecordedAuthRequest {
  method: string;
  path: string;
  contentType: string;
  parameters: Record<string, string>;
  /** 0 when the connection was cut. */
  status: number;
}

export interface FakeAuthServer {
  /** For `chatgptAuthUrl`. */
  readonly url: string;
  readonly requests: readonly RecordedAuthRequest[];
  /** How many requests to a path were answered, or only those with this status. */
  count(path: string, status?: number): number;
  /** A new family of tokens, as if someone had signed in. */
  signIn(who?: FakeSignIn): FakeTokenSet;
  /** Who signs in by browser or device from now on, and how long their access tokens last. */
  person: FakeSignIn;
  /** Would the backend still take this access token? */
  isLive(accessToken: string): boolean;
  /** From now on the family's refresh token is refused with this code. */
  endFamily(refreshToken: string, code: 'refresh_token_expired' | 'refresh_token_invalidated'): void;
  /** The next person at the authorize page refuses. */
  denyNext(error: string, description: string): void;
  isDeviceLoginEnabled: boolean;
  /** Seconds between polls, as the server says it. */
  deviceIntervalS: string;
  /** The person types the code. @returns false when there is no such code */
  enterDeviceCode(userCode: string): boolean;
  /** For the next requests to a path, one after the other. */
  fail(path: string, ...faults: AuthFault[]): void;
  close(): Promise<void>;
}

interface Family {
  who: FakeSignIn;
  refreshToken: string;
  used: Set<string>;
  accessTokens: Set<string>;
  endedWith?: string;
}

interface Grant {
  redirectUri: string;
  codeChallenge: string;
}

interface Answer {
  status: number;
  body?: object | string;
  headers?: Record<string, string>;
}

const deviceCallback = '/deviceauth/callback';
const refusalTexts: Record<string, string> = {
  refresh_token_expired: 'Your refresh token has expired. Please try signing in again.',
  refresh_token_reused:
    'Your refresh token has already been used to generate a new access token. Please try signing in again.',
  refresh_token_invalidated: 'Your refresh token has been invalidated. Please try signing in again.',
};

/** A token in the form of the real ones; nobody checks its signature. */
export function createFakeJwt(claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'RS256', kid: 'fake', typ: 'JWT' })}.${encode(claims)}.${randomBytes(32).toString('base64url')}`;
}

export async function createFakeAuthServer(options: { now?: () => number } = {}): Promise<FakeAuthServer> {
  const { now = Date.now } = options;
  const requests: RecordedAuthRequest[] = [];
  const families: Family[] = [];
  const grants = new Map<string, Grant>();
  const devices = new Map<string, { id: string; verifier?: string; code?: string }>();
  const faults = new Map<string, AuthFault[]>();
  let denial: { error: string; description: string } | undefined;

  function mint(family: Family, expiresInS = 864000): FakeTokenSet {
    const { email = 'someone@example.com', accountId = 'account-fake', planType = 'plus', isFedramp } = family.who;
    const nowS = Math.floor(now() / 1000);
    const claims = {
      iss: url,
      sub: 'auth0|fake-person',
      iat: nowS,
      jti: randomBytes(8).toString('hex'),
      'https://api.openai.com/auth': {
        chatgpt_account_id: accountId,
        chatgpt_plan_type: planType,
        chatgpt_user_id: 'user-fake',
        ...(isFedramp && { chatgpt_account_is_fedramp: true }),
      },
    };
    const accessToken = createFakeJwt({
      ...claims,
      aud: ['https://api.openai.com/v1'],
      exp: nowS + expiresInS,
      'https://api.openai.com/profile': { email },
    });
    family.accessTokens.add(accessToken);
    family.refreshToken = `rt_${randomBytes(16).toString('base64url')}`;
    const idToken = createFakeJwt({ ...claims, aud: [fakeClientId], exp: nowS + 3600, email });
    return { accessToken, refreshToken: family.refreshToken, idToken };
  }

  function signIn(who: FakeSignIn = server.person): FakeTokenSet {
    const family: Family = { who, refreshToken: '', used: new Set(), accessTokens: new Set() };
    families.push(family);
    return mint(family, who.expiresInS);
  }

  function authorize(query: Record<string, string>): Answer {
    const required = {
      response_type: 'code',
      client_id: fakeClientId,
      scope: 'openid profile email offline_access',
      code_challenge_method: 'S256',
      id_token_add_organizations: 'true',
      codex_cli_simplified_flow: 'true',
    };
    for (const [name, value] of Object.entries(required)) {
      if (query[name] !== value) return { status: 400, body: `bad ${name}` };
    }
    const { redirect_uri: redirectUri = '', state = '', code_challenge: codeChallenge = '' } = query;
    if (!/^http:\/\/localhost:(1455|1457)\/auth\/callback$/.test(redirectUri))
      return { status: 400, body: 'redirect_uri' };
    if (state.length < 16 || codeChallenge.length !== 43) return { status: 400, body: 'state or code_challenge' };
    const redirect = new URL(redirectUri);
    redirect.searchParams.set('state', state);
    if (denial) {
      redirect.searchParams.set('error', denial.error);
      redirect.searchParams.set('error_description', denial.description);
      denial = undefined;
    } else {
      redirect.searchParams.set('code', addGrant({ redirectUri, codeChallenge }));
    }
    return { status: 302, headers: { location: redirect.href } };
  }

  function addGrant(grant: Grant): string {
    const code = `ac_${randomBytes(16).toString('base64url')}`;
    grants.set(code, grant);
    return code;
  }

  function token(parameters: Record<string, string>, contentType: string): Answer {
    if (parameters.client_id !== fakeClientId) return { status: 401, body: { error: 'invalid_client' } };
    if (parameters.grant_type === 'refresh_token') return refresh(parameters.refresh_token ?? '');
    if (parameters.grant_type !== 'authorization_code')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    if (!contentType.startsWith('application/x-www-form-urlencoded')) return { status: 415, body: 'form expected' };
    const grant = grants.get(parameters.code ?? '');
    grants.delete(parameters.code ?? '');
    const isRight =
      grant?.redirectUri === parameters.redirect_uri && grant?.codeChallenge === s256(parameters.code_verifier ?? '');
    if (!grant || !isRight) {
      return { status: 400, body: { error: 'invalid_grant', error_description: 'The code is not valid.' } };
    }
    return tokenAnswer(signIn());
  }

  function refresh(refreshToken: string): Answer {
    const family = families.find((known) => known.refreshToken === refreshToken || known.used.has(refreshToken));
    if (!family) return refuse('refresh_token_invalidated');
    if (family.used.has(refreshToken)) {
      family.endedWith = 'refresh_token_invalidated';
      family.accessTokens.clear();
      return refuse('refresh_token_reused');
    }
    if (family.endedWith) return refuse(family.endedWith);
    family.used.add(refreshToken);
    return tokenAnswer(mint(family, family.who.refreshedExpiresInS));
  }

  function revoke(parameters: Record<string, string>): Answer {
    if (parameters.client_id !== fakeClientId) return { status: 401, body: { error: 'invalid_client' } };
    const family = families.find((known) => known.refreshToken === parameters.token);
    if (family) server.endFamily(family.refreshToken, 'refresh_token_invalidated');
    return { status: 200 };
  }

  function deviceCode(parameters: Record<string, string>): Answer {
    if (!server.isDeviceLoginEnabled) return { status: 404, body: { detail: 'Not Found' } };
    if (parameters.client_id !== fakeClientId) return { status: 400, body: { detail: 'client_id' } };
    const userCode = `${randomBytes(2).toString('hex')}-${randomBytes(2).toString('hex')}`.toUpperCase();
    const id = `da_${randomBytes(8).toString('hex')}`;
    devices.set(userCode, { id });
    return { status: 200, body: { device_auth_id: id, user_code: userCode, interval: server.deviceIntervalS } };
  }

  function deviceToken(parameters: Record<string, string>): Answer {
    const device = devices.get(parameters.user_code ?? '');
    if (!device || device.id !== parameters.device_auth_id) return { status: 400, body: { error: 'unknown device' } };
    if (!device.code) return { status: 403, body: { error: 'authorization_pending' } };
    const { code, verifier } = device;
    return {
      status: 200,
      body: { authorization_code: code, code_challenge: s256(verifier!), code_verifier: verifier },
    };
  }

  function handle(method: string, path: string, parameters: Record<string, string>, contentType: string): Answer {
    switch (`${method} ${path}`) {
      case 'GET /oauth/authorize':
        return authorize(parameters);
      case 'POST /oauth/token':
        return token(parameters, contentType);
      case 'POST /oauth/revoke':
        return revoke(parameters);
      case 'POST /api/accounts/deviceauth/usercode':
        return deviceCode(parameters);
      case 'POST /api/accounts/deviceauth/token':
        return deviceToken(parameters);
      default:
        return { status: 404, body: 'nothing here' };
    }
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname: path, searchParams } = new URL(req.url ?? '/', 'http://localhost');
    const method = req.method ?? '';
    const contentType = req.headers['content-type'] ?? '';
    let text = '';
    for await (const part of req.setEncoding('utf8')) text += part;
    const parameters: Record<string, string> = contentType.startsWith('application/json')
      ? JSON.parse(text)
      : Object.fromEntries(method === 'GET' ? searchParams : new URLSearchParams(text));
    const request: RecordedAuthRequest = { method, path, contentType, parameters, status: 0 };
    requests.push(request);

    const fault = faults.get(path)?.shift();
    if (fault && 'hold' in fault) await fault.hold;
    if (fault && 'cut' in fault && fault.cut === 'before') return void req.socket.destroy();
    const answer = fault && 'status' in fault ? fault : handle(method, path, parameters, contentType);
    if (fault && 'cut' in fault) return void req.socket.destroy();

    request.status = answer.status;
    const isJson = typeof answer.body === 'object';
    res.writeHead(answer.status, { ...(isJson && { 'content-type': 'application/json' }), ...answer.headers });
    res.end(isJson ? JSON.stringify(answer.body) : answer.body);
  }

  const http = createServer((req, res) => void serve(req, res));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  const server: FakeAuthServer = {
    url,
    requests,
    person: {},
    isDeviceLoginEnabled: true,
    deviceIntervalS: '0.05',
    count: (path, status) =>
      requests.filter((request) => request.path === path && (status === undefined || request.status === status)).length,
    signIn,
    isLive: (accessToken) => families.some((family) => family.accessTokens.has(accessToken)),
    endFamily(refreshToken, code) {
      const family = families.find((known) => known.refreshToken === refreshToken)!;
      family.endedWith = code;
      if (code === 'refresh_token_invalidated') family.accessTokens.clear();
    },
    denyNext(error, description) {
      denial = { error, description };
    },
    enterDeviceCode(userCode) {
      const device = devices.get(userCode);
      if (!device) return false;
      device.verifier = randomBytes(32).toString('base64url');
      device.code = addGrant({ redirectUri: `${url}${deviceCallback}`, codeChallenge: s256(device.verifier) });
      return true;
    },
    fail(path, ...next) {
      faults.set(path, [...(faults.get(path) ?? []), ...next]);
    },
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function refuse(code: string): Answer {
  return {
    status: 401,
    body: { error: { message: refusalTexts[code], type: 'invalid_request_error', param: null, code } },
  };
}

function tokenAnswer({ accessToken, refreshToken, idToken }: FakeTokenSet): Answer {
  return {
    status: 200,
    body: {
      access_token: accessToken,
      refresh_token: refreshToken,
      id_token: idToken,
      token_type: 'Bearer',
      expires_in: 864000,
    },
  };
}
