/** Open connections of a command, which would keep the process alive. */
const connections = new Set<{ close(): void }>();

export function closeAtEnd(connection: { close(): void }): void {
  connections.add(connection);
}

export function closeConnections(): void {
  for (const connection of connections) connection.close();
  connections.clear();
}
