/** Connections on which an answer is awaited, and which evidently lead nowhere since the machine slept or left its network. */
import type { Socket } from 'node:net';
export declare class LostConnections {
    #private;
    /** Calls back, once, when the connection is lost. @returns the function that ends the watch */
    watch(socket: Socket, onLost: () => void): () => void;
}
