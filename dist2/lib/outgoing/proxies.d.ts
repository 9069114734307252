export interface OutgoingProxy {
    readonly url: URL;
    /** `host:port`, for messages: without a user name and password. */
    readonly address: string;
    /** The variable that names it. */
    readonly variable: string;
}
/** @throws ProxyError for a variable of which no proxy can be made */
export declare function findProxy(target: URL): OutgoingProxy | undefined;
