/** One request of a WebSocket connection, and its answer as frames. */
import type http from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { OpenCompatError } from '../errors.ts';
/** Where a turn's frames go. */
export interface FrameOutlet {
    /** Does the client read too slowly? */
    readonly isBehind: boolean;
    /** @param onSent called when the frame has left */
    send(frame: string, onSent?: () => void): void;
    /** Sends the frames that `task` gives in one write. */
    together(task: () => void): void;
}
/** The frame of an error outside of an answer. @param lane the `stream_id` of its request */
export declare function toErrorFrame(status: number, error: object, lane: string | undefined, from?: IncomingHttpHeaders): string;
/** The same for an error of this server. */
export declare function toFailureFrame(failure: OpenCompatError, lane: string | undefined): string;
export interface TurnOptions {
    request: http.ClientRequest;
    outlet: FrameOutlet;
    /** The `stream_id`, which every event repeats. */
    lane: string | undefined;
    /** The answer has ended, however it did. */
    onEnd(): void;
}
export declare class SocketTurn {
    #private;
    constructor({ request, outlet, lane, onEnd }: TurnOptions);
    cut(): void;
}
