/**
 * Does a refusal say that the server does not have the path? What is learned of a server holds for all clients, so it must
 * not come from what one of them has sent: an item, a file or a conversation that is not found is a 404 too.
 */
/** @param message what the client would be told */
export declare function tellsOfPath(status: number, message: string, request: object): boolean;
