import net from 'node:net';
/** Opens a connection to one address; it is not connected yet. */
export type OpenSocket = (address: string) => net.Socket;
/**
 * The first connection that comes about to one of a server's addresses.
 * @throws the most telling of the errors; ETIMEDOUT, when none is there in time
 */
export declare function connectToFirst(addresses: readonly string[], timeoutMs: number, open: OpenSocket): Promise<net.Socket>;
/**
 * A connection on which HTTP/1.1 can be spoken to the server: through the proxy if there is one, and with TLS for https.
 * @param timeoutMs for each step: the proxy, the server, TLS
 * @throws ProxyError, and the errors of the network; ETIMEDOUT
 */
export declare function openConnection(target: URL, timeoutMs: number): Promise<net.Socket>;
