/** @param hostname lower case, without a port; IPv6 in brackets */
export declare function isLoopbackHostname(hostname: string): boolean;
/** Does the address to listen on keep other machines out? */
export declare function isLoopbackAddress(host: string): boolean;
/**
 * The name in a Host header (RFC 9110 §7.2, https://www.rfc-editor.org/rfc/rfc9110#section-7.2), lower case, IPv6 in its
 * shortest form; undefined when it is malformed.
 */
export declare function hostnameOf(hostHeader: string): string | undefined;
/** Is it the name of a host, `*`, or a pattern of names? */
export declare function isHostOrPattern(host: string): boolean;
/** Tells whether a name, as `hostnameOf` gives it, is one of the hosts or fits one of the patterns. */
export declare function createHostCheck(hosts: readonly string[]): (hostname: string) => boolean;
/**
 * Is it an origin, `*`, or a pattern of origins? In those, `*` stands for any host (`chrome-extension://*`), for names below
 * one (`https://*.example.com`), or for any port (`http://box.lan:*`). An app's scheme alone (`app://`) is for all of its hosts.
 */
export declare function isOriginOrPattern(text: string): boolean;
/** Tells whether pages of an origin (the Origin header) may use the server. */
export declare function createOriginCheck(allowedOrigins: readonly string[]): (origin: string) => boolean;
