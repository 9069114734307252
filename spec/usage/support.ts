/** Rows, and ledgers to look into. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { PricedRow } from '../../lib/usage/usage-row.ts';

export async function ledgerPath(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'opencompat-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'usage.sqlite');
}

export const wide = { maxRows: 100_000, maxDays: 90, maxSums: 2000 };

export function row(facts: Partial<PricedRow> = {}): PricedRow {
  return {
    id: 'req-1',
    atMs: Date.parse('2026-11-29T12:00:00Z'),
    clientId: 'hash-of-laptop',
    client: 'laptop',
    api: 'chat-completions',
    askedModel: 'gpt-5.5',
    provider: 'chatgpt',
    model: 'gpt-5.5',
    status: 200,
    outcome: 'ok',
    error: undefined,
    reason: undefined,
    upstreamStatus: undefined,
    validatedMs: 1,
    resolvedMs: 2,
    sentMs: 3,
    headMs: 8,
    firstTokenMs: 9,
    firstByteMs: 10,
    totalMs: 20,
    overheadMs: 1,
    ignored: [],
    isStreaming: true,
    isAborted: false,
    isEstimated: false,
    answers: 1,
    inputTokens: 100,
    cachedTokens: 40,
    outputTokens: 10,
    reasoningTokens: 4,
    credits: 0,
    cost: 0.5,
    ...facts,
  };
}

export type Stored = Record<string, unknown>;

/** The rows of a ledger's table, the oldest first. */
export function rowsOf(path: string, table: 'requests' | 'sums' = 'requests'): Stored[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .map((found) => ({ ...found }));
  } finally {
    database.close();
  }
}
