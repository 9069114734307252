import { type AuthClient, type DeviceCode, type TokenSet } from './oauth.ts';
/**
 * @param options.show tells the person the code and where to type it
 * @param options.signal ends the wait
 * @throws SignInError
 */
export declare function signInWithDevice(options: {
    client: AuthClient;
    show(device: DeviceCode): void;
    signal: AbortSignal;
}): Promise<TokenSet>;
