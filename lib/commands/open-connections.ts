/** What a command has opened and would keep the process from ending. */
const connections = new Set<{ close(): void }>();

export function closeAtEnd(connection: { close(): void }): void {
  connections.add(connection);
}

export function closeConnections(): void {
  for (const connection of connections) connection.close();
  connections.clear();
}
