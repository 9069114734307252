export declare function closeAtEnd(connection: {
    close(): void;
}): void;
export declare function closeConnections(): void;
