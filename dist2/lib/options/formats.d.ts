export declare const formatChecks: {
    readonly 'http-url': (text: string) => {
        reason: string;
        nearest: string | undefined;
    } | {
        nearest?: undefined;
        reason: string;
    } | undefined;
    readonly 'redis-url': (text: string) => {
        reason: string;
    } | undefined;
    readonly host: (text: string) => {
        reason: string;
    } | undefined;
    /** What a server can listen on. */
    readonly 'listen-host': (text: string) => {
        reason: string;
        nearest: string;
    } | {
        nearest?: undefined;
        reason: string;
    } | undefined;
    /** As browsers send it in `Origin`; apps' pages have schemes of their own. */
    readonly origin: (text: string) => {
        reason: string;
    } | undefined;
    readonly 'ip-range': (text: string) => {
        nearest?: undefined;
        reason: string;
        code: string;
    } | {
        code?: undefined;
        reason: string;
        nearest: string | undefined;
    } | undefined;
    readonly moment: (text: string) => {
        reason: string;
    } | undefined;
    readonly cron: (text: string) => {
        reason: string;
    } | undefined;
};
/** Is a text of the format? Compiled schemas import it by this name. */
export declare const formatTests: Readonly<Record<string, (text: string) => boolean>>;
