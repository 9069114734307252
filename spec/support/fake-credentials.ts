/** The sign-in of the fake ChatGPT backend: tokens that look like the real ones, expire when told to, and rotate once. */

/** Far enough that no test sees it: 2100-01-01, in Unix seconds. */
const farExpiryS = 4102444800;

export interface FakeTokens {
  accessToken: string;
  refreshToken: string;
  idToken: string;
}

export interface TokenAnswer {
  status: number;
  body: object;
}

function toJwt(claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.ZmFrZS1zaWduYXR1cmU`;
}

function refuse(status: number, code: string, message: string): TokenAnswer {
  return { status, body: { error: { message, type: 'invalid_request_error', code, param: null }, status } };
}

/** One signed-in account and its family of tokens. */
export class FakeAccount {
  readonly accountId = '00000000-0000-4000-8000-0000000000ac';
  readonly email = 'someone@example.com';
  readonly #valid = new Set<string>();
  readonly #usedRefreshTokens = new Set<string>();
  #generation = 0;
  #isSignedOut = false;
  /** The newest tokens. */
  tokens: FakeTokens;
  /** How often a refresh token was taken in exchange. */
  refreshes = 0;

  constructor() {
    this.tokens = this.#mint();
  }

  #mint(): FakeTokens {
    const generation = ++this.#generation;
    const auth = {
      chatgpt_account_id: this.accountId,
      chatgpt_plan_type: 'plus',
      chatgpt_user_id: 'user-fake',
    };
    const claims = {
      exp: farExpiryS,
      jti: `generation-${generation}`,
      email: this.email,
      'https://api.openai.com/auth': auth,
    };
    const accessToken = toJwt(claims);
    this.#valid.add(accessToken);
    return { accessToken, idToken: toJwt({ ...claims, aud: 'fake' }), refreshToken: `rt_fake_${generation}` };
  }

  /** From now on the access tokens given out so far are refused with `token_expired`; a refresh gives a good one. */
  expireTokens(): void {
    this.#valid.clear();
  }

  /** Ends the whole family: access tokens are `token_invalidated`, the refresh token is `refresh_token_invalidated`. */
  signOut(): void {
    this.#valid.clear();
    this.#isSignedOut = true;
  }

  /** @returns the refusal of a request with these headers; undefined when they are good */
  check(authorization: string | undefined, accountId: string | undefined): TokenAnswer | undefined {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    const isOurs = token?.split('.').length === 3;
    if (!isOurs || accountId !== this.accountId) return { status: 401, body: { detail: 'Unauthorized' } };
    if (this.#valid.has(token)) return undefined;
    return this.#isSignedOut
      ? refuse(401, 'token_invalidated', 'Your authentication token has been invalidated. Please try signing in again.')
      : refuse(401, 'token_expired', 'Your authentication token has expired. Please try signing in again.');
  }

  /** Answers `POST /oauth/token` with `grant_type=refresh_token`. Reuse of a token ends the family. */
  refresh(parameters: Record<string, string>): TokenAnswer {
    const { grant_type: grantType, refresh_token: refreshToken = '', client_id: clientId } = parameters;
    if (grantType !== 'refresh_token' || !clientId) return { status: 400, body: { error: 'invalid_request' } };
    if (this.#usedRefreshTokens.has(refreshToken)) {
      this.signOut();
      const message =
        'Your refresh token has already been used to generate a new access token. Please try signing in again.';
      return refuse(401, 'refresh_token_reused', message);
    }
    if (this.#isSignedOut || refreshToken !== this.tokens.refreshToken) {
      return refuse(401, 'refresh_token_invalidated', 'Your refresh token has been invalidated. Please sign in again.');
    }
    this.#usedRefreshTokens.add(refreshToken);
    this.refreshes += 1;
    this.tokens = this.#mint();
    const { accessToken, idToken } = this.tokens;
    return {
      status: 200,
      body: {
        access_token: accessToken,
        id_token: idToken,
        refresh_token: this.tokens.refreshToken,
        token_type: 'Bearer',
        expires_in: 864000,
      },
    };
  }
}
