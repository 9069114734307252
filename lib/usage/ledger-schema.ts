/** The tables of the ledger's file. */

/** As `PRAGMA user_version`. */
export const schemaVersion = 3;

/** Columns of `requests`, in their order, and where they come from in a row. */
export const requestColumns = [
  'id',
  'at',
  'client_id',
  'client',
  'api',
  'asked_model',
  'provider',
  'model',
  'status',
  'outcome',
  'error',
  'reason',
  'upstream_status',
  'validated_ms',
  'resolved_ms',
  'sent_ms',
  'head_ms',
  'first_token_ms',
  'first_byte_ms',
  'total_ms',
  'overhead_ms',
  'answers',
  'input_tokens',
  'cached_tokens',
  'output_tokens',
  'reasoning_tokens',
  'credits',
  'cost',
  'ignored',
  'streamed',
  'aborted',
  'estimated',
] as const;

/** Columns of `sums` that are added up. */
export const summedColumns = [
  'requests',
  'failures',
  'answers',
  'input_tokens',
  'cached_tokens',
  'output_tokens',
  'reasoning_tokens',
  'credits',
  'cost',
] as const;

/** Times are Unix milliseconds, days are those of UTC (`2026-11-29`), money is in USD. */
export const schema = `
CREATE TABLE requests (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  client_id TEXT NOT NULL,
  client TEXT NOT NULL,
  api TEXT NOT NULL,
  asked_model TEXT,
  provider TEXT,
  model TEXT,
  status INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT,
  reason TEXT,
  upstream_status INTEGER,
  validated_ms REAL,
  resolved_ms REAL,
  sent_ms REAL,
  head_ms REAL,
  first_token_ms REAL,
  first_byte_ms REAL,
  total_ms REAL NOT NULL,
  overhead_ms REAL NOT NULL,
  answers INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  credits REAL NOT NULL,
  cost REAL NOT NULL,
  ignored TEXT,
  streamed INTEGER NOT NULL,
  aborted INTEGER NOT NULL,
  estimated INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX requests_at ON requests (at);
CREATE TABLE sums (
  day TEXT NOT NULL,
  client_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  client TEXT NOT NULL,
  requests INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  answers INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  credits REAL NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (day, client_id, provider, model)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = ${schemaVersion};
`;

/** For those who look a request up; files of earlier versions lack it. */
export const laterIndexes = 'CREATE INDEX IF NOT EXISTS requests_id ON requests (id)';

/** From each older version to the next. */
export const upgrades: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE requests ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0; PRAGMA user_version = 2',
  2: `${['validated_ms', 'resolved_ms', 'sent_ms', 'head_ms', 'first_token_ms']
    .map((column) => `ALTER TABLE requests ADD COLUMN ${column} REAL;`)
    .join(' ')} PRAGMA user_version = 3`,
};
