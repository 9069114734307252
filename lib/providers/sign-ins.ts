/** The providers that one can sign in to, as the registry declares them. */
import { builtIns } from './built-ins.ts';
import type { BuiltInProvider } from './definition.ts';

type SignInProvider = BuiltInProvider & Required<Pick<BuiltInProvider, 'signIn'>>;

export const signInProviders = builtIns.filter((provider): provider is SignInProvider => provider.signIn !== undefined);

/** "chatgpt or copilot", for help. */
export const signInNames = signInProviders.map(({ name }) => name).join(' or ');

export function findSignIn(name: string): SignInProvider | undefined {
  return signInProviders.find((provider) => provider.name === name);
}

/** As people call the provider. */
export function titleOf(name: string): string {
  return findSignIn(name)?.title ?? name;
}
