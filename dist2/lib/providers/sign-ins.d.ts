import type { BuiltInProvider } from './definition.ts';
type SignInProvider = BuiltInProvider & Required<Pick<BuiltInProvider, 'signIn'>>;
export declare const signInProviders: SignInProvider[];
/** "chatgpt or copilot", for help. */
export declare const signInNames: string;
export declare function findSignIn(name: string): SignInProvider | undefined;
/** As people call the provider. */
export declare function titleOf(name: string): string;
export {};
