/** Lets the operator into the console, and nobody else: by a session of a page, or by an admin key of a script. */
import { ipKeyGenerator } from 'express-rate-limit';
import type { Request, Response } from '../chain/middleware.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { createKeyCheck } from '../key-check.ts';
import type { Logger } from '../log.ts';
import { WrongKeys } from '../usage/wrong-keys.ts';
import { findAdmin, isStillGood } from './admin-keys.ts';
import { type Admin, ConsoleSessions, type Session, sessionMs } from './sessions.ts';

const windowMs = 60_000;
/** Wrong keys and links from one address a minute, where the configuration allows client keys any number. */
const usualWrongKeys = 20;
/** Longest admin key or ticket that is looked at. */
const maxProof = 512;

/** For people, where there is no admin key yet. */
export const howToSignIn =
  'Run `opencompat console` on the server’s machine: it opens the console by a one-time link. To sign in from elsewhere, put the line that `opencompat hash-key` prints into `adminKeys` (OPENCOMPAT_ADMIN_KEYS).';

/** How a request has proved who sends it. */
export interface Entrant {
  readonly admin: Admin;
  /** Absent: an admin key in the request itself. */
  readonly session?: { readonly token: string } & Session;
}

/** What outlives a reload of the configuration. */
export interface AccessState {
  readonly sessions: ConsoleSessions;
  readonly wrongKeys: WrongKeys;
}

export function openAccessState({ wrongKeyLimit }: Pick<Config, 'wrongKeyLimit'>): AccessState {
  return {
    sessions: new ConsoleSessions(),
    wrongKeys: new WrongKeys({ limit: wrongKeyLimit || usualWrongKeys, windowMs }),
  };
}

export class ConsoleAccess {
  readonly #config: Pick<Config, 'adminKeys'>;
  readonly #state: AccessState;
  readonly #log: Pick<Logger, 'info' | 'warn'>;

  constructor(config: Pick<Config, 'adminKeys'>, state: AccessState, log: Pick<Logger, 'info' | 'warn'>) {
    this.#config = config;
    this.#state = state;
    this.#log = log;
  }

  /** The ways to sign in that there are. */
  get ways(): ('key' | 'link')[] {
    return this.#config.adminKeys.length > 0 ? ['key', 'link'] : ['link'];
  }

  /**
   * Signs in, and sets the cookie.
   * @throws OpenCompatError for a wrong key or link, and after too many of them
   */
  signIn(req: Request, res: Response, { key, ticket }: { key?: unknown; ticket?: unknown }): Session {
    const admin = typeof ticket === 'string' ? this.#takeTicket(req, ticket) : this.#findAdmin(req, key);
    const { token, session } = this.#state.sessions.open(admin);
    res.setHeader('set-cookie', writeCookie(req, token, sessionMs / 1000));
    this.#log.info('the console was opened', { by: admin.name, from: req.ip });
    return session;
  }

  signOut(req: Request, res: Response, { session, admin }: Entrant): void {
    if (session) this.#state.sessions.end(session.token);
    res.setHeader('set-cookie', writeCookie(req, '', 0));
    this.#log.info('the console was closed', { by: admin.name });
  }

  createTicket(): string {
    return this.#state.sessions.createTicket();
  }

  /** The session of the request's cookie, if it is still good. */
  sessionOf(req: Request): ({ token: string } & Session) | undefined {
    const token = readCookie(req);
    const session = token === undefined ? undefined : this.#state.sessions.find(token);
    if (!session || token === undefined) return undefined;
    if (isStillGood(this.#config.adminKeys, session.admin)) return { ...session, token };
    this.#state.sessions.end(token);
    return undefined;
  }

  /**
   * @throws OpenCompatError when nobody is signed in, when the request comes from another site's page, and when it would change
   * something without the session's token
   * @param key that the request itself presents
   */
  enter(req: Request, key = bearerOf(req)): Entrant {
    checkOrigin(req);
    if (key !== undefined) return { admin: this.#findAdmin(req, key) };
    const session = this.sessionOf(req);
    if (!session) throw new OpenCompatError('OC_CONSOLE_SIGNED_OUT');
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    const csrf = req.headers['x-csrf-token'];
    if (!isRead && !createKeyCheck(session.csrf)(typeof csrf === 'string' ? csrf : undefined)) {
      throw new OpenCompatError('OC_CONSOLE_TOKEN_MISSING');
    }
    return { admin: session.admin, session };
  }

  #findAdmin(req: Request, key: unknown): Admin {
    const { adminKeys } = this.#config;
    if (adminKeys.length === 0) throw new OpenCompatError('OC_NO_ADMIN_KEYS', { how: howToSignIn });
    const admin = typeof key === 'string' && key.length <= maxProof ? findAdmin(adminKeys, key) : undefined;
    this.#note(req, admin?.keyId);
    if (!admin) {
      this.#log.warn('a wrong admin key was refused', { from: req.ip });
      throw new OpenCompatError('OC_INVALID_ADMIN_KEY');
    }
    return admin;
  }

  #takeTicket(req: Request, ticket: string): Admin {
    const isGood = ticket.length <= maxProof && this.#state.sessions.takeTicket(ticket);
    // A good one is no guess, and cannot be used to guess: it is good once.
    if (isGood) return { name: 'operator', keyId: undefined };
    this.#note(req, undefined);
    throw new OpenCompatError('OC_INVALID_TICKET');
  }

  /** @throws OpenCompatError OC_TOO_MANY_WRONG_KEYS */
  #note(req: Request, keyId: string | undefined): void {
    const refusedForMs = this.#state.wrongKeys.note(ipKeyGenerator(req.ip ?? ''), keyId);
    if (refusedForMs === 0) return;
    const retryAfterS = Math.max(1, Math.ceil(refusedForMs / 1000));
    throw new OpenCompatError('OC_TOO_MANY_WRONG_KEYS', { retryAfterS }, { retryAfterS });
  }
}

function bearerOf({ headers }: Request): string | undefined {
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/**
 * Pages of other origins are kept out here even where the configuration lets them use the APIs. Browsers send a strict cookie to
 * every port of its host, so that `same-site` is a foreign page too.
 * @throws OpenCompatError OC_ORIGIN_NOT_ALLOWED
 */
export function checkOrigin({ headers }: Pick<Request, 'headers'>): void {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  const isOwn = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (isOwn && isOwnSite) return;
  throw new OpenCompatError('OC_CONSOLE_FOREIGN_PAGE', { origin: origin ?? 'another site' });
}

/** Cookies know no ports, and several servers may run on one host. */
function cookieName({ socket }: Pick<Request, 'socket'>): string {
  return `opencompat_console_${socket.localPort}`;
}

function readCookie(req: Request): string | undefined {
  const prefix = `${cookieName(req)}=`;
  const pairs = (req.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length) || undefined;
}

/**
 * Without `Path`, the cookie is for the folder of the request's own path as the browser knows it, whatever a proxy put before it
 * (RFC 6265 §5.1.4, https://www.rfc-editor.org/rfc/rfc6265#section-5.1.4): `/console/api`.
 */
function writeCookie(req: Request, token: string, maxAgeS: number): string {
  const secure = req.secure ? '; Secure' : '';
  return `${cookieName(req)}=${token}; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure}`;
}
