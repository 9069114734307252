import type { RouteServices } from '../server/route.ts';
interface Code {
    readonly userCode: string;
    readonly verificationUrl: string;
    readonly expiresAt: string;
}
type SignInServices = Pick<RouteServices, 'config' | 'log' | 'redis' | 'providers'>;
export declare class ConsoleSignIns {
    #private;
    /** One at a time for each provider: the one before is given up. @throws OpenCompatError */
    begin(name: string, services: SignInServices): Promise<{
        id: string;
    } & Code>;
    /** @throws OpenCompatError for one that is not known */
    stateOf(id: string): object;
    giveUp(id: string): void;
}
/** @returns was it signed in? @throws OpenCompatError */
export declare function signOutOf(name: string, services: SignInServices): Promise<{
    wasSignedIn: boolean;
    message?: string;
}>;
export {};
