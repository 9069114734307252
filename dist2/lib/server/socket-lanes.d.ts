import type { SocketTurn } from './socket-turn.ts';
export interface LaneOptions {
    /** As `websocketMaxRequests` now. */
    maxRequests(): number;
    /** Begins the answer to a message. */
    start(body: string, lane: string | undefined, onEnd: () => void): SocketTurn;
    /** The last request that was under way has ended. */
    onIdle(): void;
}
export declare class SocketLanes {
    #private;
    /** Of the messages that wait. */
    waitingBytes: number;
    constructor(options: LaneOptions);
    get isIdle(): boolean;
    /**
     * Answers the message when those before it in its lane have been answered. Messages without a lane do not wait.
     * @throws OpenCompatError OC_SOCKET_BUSY, OC_SOCKET_FULL
     */
    add(body: string, name: string | undefined): void;
    /** Takes out all that wait. @returns the lane of each */
    clear(): string[];
    cut(): void;
}
