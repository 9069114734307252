/** Node's own SQLite, loaded when the first row is written. */
export type Sqlite = typeof import('node:sqlite');
/** Node 22 warns that the module is experimental, which is nobody's concern who runs a server. */
export declare function loadSqlite(): Sqlite;
