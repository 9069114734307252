export declare const homePagePolicy: string;
export interface HomeFacts {
    readonly version: string;
    /** As the client reached the server: `https://box.example`. */
    readonly origin: string;
    /** Who can answer: a provider, the built-in demo alone, or nobody. */
    readonly answering: 'provider' | 'demo' | 'nobody';
}
export declare function renderHomePage({ version, origin, answering }: HomeFacts): string;
