/** Sign-ins to providers by device code, begun in the console: the code is shown there, and no token ever is. */
import { randomBytes } from 'node:crypto';
import { openCredentialStore } from '../auth/open-credential-store.ts';
import { OpenCompatError } from '../errors.ts';
import { findSignIn } from '../providers/sign-ins.ts';
import { publicText } from '../public-text.ts';
import type { RouteServices } from '../server/route.ts';

/** Sign-ins that are remembered; the oldest makes room, and is given up. */
const maxSignIns = 8;
/** Longest wait for a code, in milliseconds. */
const codeLimitMs = 30_000;

interface SignInUnderWay {
  readonly provider: string;
  readonly end: AbortController;
  state: 'waiting' | 'done' | 'failed';
  message?: string;
}

interface Code {
  readonly userCode: string;
  readonly verificationUrl: string;
  readonly expiresAt: string;
}

type SignInServices = Pick<RouteServices, 'config' | 'log' | 'redis' | 'providers'>;

export class ConsoleSignIns {
  readonly #known = new Map<string, SignInUnderWay>();

  /** One at a time for each provider: the one before is given up. @throws OpenCompatError */
  async begin(name: string, services: SignInServices): Promise<{ id: string } & Code> {
    const found = findProvider(name);
    const store = openCredentialStore(services);
    for (const [id, { provider }] of this.#known) if (provider === name) this.giveUp(id);
    const signIn: SignInUnderWay = { provider: name, end: new AbortController(), state: 'waiting' };
    const id = this.#remember(signIn);
    const code = Promise.withResolvers<Code>();
    const timer = setTimeout(() => signIn.end.abort(), codeLimitMs);
    const tell = (text: string) => {
      signIn.message = text;
    };
    const prompts = {
      showCode({ userCode, verificationUrl }: Pick<Code, 'userCode' | 'verificationUrl'>, limitMs: number) {
        clearTimeout(timer);
        code.resolve({ userCode, verificationUrl, expiresAt: new Date(Date.now() + limitMs).toISOString() });
      },
      say: tell,
      warn: tell,
    };
    void store
      .checkWritable()
      .then(() => found.signIn.signIn({ ...services, store, prompts, signal: signIn.end.signal }, 'device'))
      .then(async () => {
        await services.providers.find((provider) => provider.name === name)?.lookForSignIn?.(true);
        signIn.state = 'done';
      })
      .catch((error: Error) => {
        signIn.state = 'failed';
        signIn.message = publicText(error.message);
        code.reject(new OpenCompatError('OC_CONSOLE_CONFLICT', { reason: signIn.message }, { status: 502 }));
      })
      .finally(() => clearTimeout(timer));
    return { id, ...(await code.promise) };
  }

  /** @throws OpenCompatError for one that is not known */
  stateOf(id: string): object {
    const signIn = this.#known.get(id);
    if (!signIn) throw new OpenCompatError('OC_CONSOLE_NOT_FOUND', { what: 'such sign-in' });
    return { state: signIn.state, ...(signIn.message !== undefined && { message: signIn.message }) };
  }

  giveUp(id: string): void {
    this.#known.get(id)?.end.abort();
    this.#known.delete(id);
  }

  #remember(signIn: SignInUnderWay): string {
    if (this.#known.size >= maxSignIns) this.giveUp(this.#known.keys().next().value!);
    const id = randomBytes(12).toString('base64url');
    this.#known.set(id, signIn);
    return id;
  }
}

function findProvider(name: string): NonNullable<ReturnType<typeof findSignIn>> {
  const found = findSignIn(name);
  if (!found) throw new OpenCompatError('OC_CONSOLE_NOT_FOUND', { what: 'provider of this name to sign in to' });
  return found;
}

/** @returns was it signed in? @throws OpenCompatError */
export async function signOutOf(
  name: string,
  services: SignInServices,
): Promise<{ wasSignedIn: boolean; message?: string }> {
  const { signIn } = findProvider(name);
  const store = openCredentialStore(services);
  let wasSignedIn = false;
  let message: string | undefined;
  const tell = (text: string) => {
    message = publicText(text);
  };
  const prompts = { showCode() {}, say: tell, warn: tell };
  try {
    await store.update(name, async (credential) => {
      if (!credential) return credential;
      wasSignedIn = true;
      await signIn.revoke({ ...services, store, prompts }, credential);
      return undefined;
    });
  } catch (error) {
    throw new OpenCompatError(
      'OC_CONSOLE_CONFLICT',
      { reason: publicText((error as Error).message) },
      { cause: error },
    );
  }
  await services.providers.find((provider) => provider.name === name)?.lookForSignIn?.(true);
  return { wasSignedIn, ...(message !== undefined && { message }) };
}
