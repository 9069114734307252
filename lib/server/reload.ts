/**
 * Takes up a changed configuration while the server runs. It is checked as at a start, compared with the one in use, opened
 * beside it, and swapped as a whole; a fault anywhere changes nothing.
 */
import { describeChanges, holdBack } from '../config/changes.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Logger } from '../log.ts';
import { ConfigError } from '../options/faults.ts';
import type { ConfigReloads, ConfigState, ReloadReport } from './config-state.ts';
import { FileWatch } from './file-watch.ts';
import type { Snapshot, SnapshotPlan } from './snapshot.ts';

/** A plugin that never answers must not keep later reloads waiting: longest time of one, in milliseconds. */
const limitMs = 60_000;

export interface ReloaderOptions {
  /** Reads the configuration anew. @throws ConfigError */
  load(): LoadedConfig | Promise<LoadedConfig>;
  current(): Snapshot;
  /** Loads the plugins, checks all options. @throws ConfigError */
  plan(loaded: LoadedConfig): Promise<SnapshotPlan>;
  /** Opens what the plan asks for. @throws ConfigError */
  open(plan: SnapshotPlan): Promise<Snapshot>;
  /** Lets new requests begin on it. */
  take(next: Snapshot): void;
  /** The files whose changes are taken up as they happen. */
  files(): readonly string[];
  log: Logger;
}

export class Reloader implements ConfigReloads {
  readonly #options: ReloaderOptions;
  #state: ConfigState = { takenAtMs: Date.now(), waiting: [] };
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  readonly #fileWatch: FileWatch;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#fileWatch = new FileWatch(() => void this.reload('a file has changed', true), options.log);
  }

  get state(): ConfigState {
    return this.#state;
  }

  /**
   * One after the other. Never rejects.
   * @param reason for the log
   * @param isQuiet nobody has asked for it: what is neither changed nor newly at fault is not worth a line
   */
  reload(reason: string, isQuiet = false): Promise<ReloadReport> {
    const report = this.#last.then(() => this.#run(reason, isQuiet));
    this.#last = report;
    return report;
  }

  /** Watches the files that count now, and where their links lead now. */
  watch(): void {
    if (this.#isClosed) return;
    try {
      this.#fileWatch.watch(this.#options.files());
    } catch (error) {
      // Files may vanish while they are looked at; later reloads must not fail for it.
      this.#options.log.warn('changed files are not noticed until the next reload', { error });
    }
  }

  /** Begins no further one, and waits for the last. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#fileWatch.close();
    await this.#last;
  }

  async #run(reason: string, isQuiet: boolean): Promise<ReloadReport> {
    const { log } = this.#options;
    try {
      const { changes, waiting } = await this.#takeUp();
      this.#state = { takenAtMs: changes.length > 0 ? Date.now() : this.#state.takenAtMs, waiting };
      const outcome = changes.length > 0 ? 'taken' : 'unchanged';
      if (outcome === 'taken') log.info('the configuration was reloaded', { reason, changes: changes.join(', ') });
      else if (!isQuiet) log.info('the configuration is the one in use', { reason });
      if (waiting.length > 0 && (outcome === 'taken' || !isQuiet)) {
        log.warn('these settings have changed too, and count after a restart', { settings: waiting.join(', ') });
      }
      return { outcome, changes, waiting };
    } catch (error) {
      return this.#refuse(error, reason, isQuiet);
    } finally {
      this.watch();
    }
  }

  #refuse(error: unknown, reason: string, isQuiet: boolean): ReloadReport {
    const { waiting, refusal: before } = this.#state;
    const isFault = error instanceof ConfigError;
    const message = isFault ? error.message : String((error as Error).message);
    const faults = isFault ? error.faults : [];
    if (!isQuiet || before?.message !== message) {
      this.#options.log.error('the configuration was not reloaded: the one in use stays', {
        reason,
        faults: message.split('\n').map((line) => line.trim()),
        error: isFault ? undefined : error,
      });
    }
    this.#state = {
      ...this.#state,
      refusal: { atMs: Date.now(), message, faults, file: isFault ? error.file : undefined },
    };
    return { outcome: 'refused', changes: [], waiting, message, faults };
  }

  async #takeUp(): Promise<{ changes: string[]; waiting: string[] }> {
    const { load, current, take } = this.#options;
    if (this.#isClosed) throw new Error('the server is shutting down');
    const before = current().plan;
    const loaded = await load();
    const { config, waiting } = holdBack(before.loaded.config, loaded.config);
    const plan = await withinLimit(this.#options.plan({ ...loaded, config }));
    const changes = [...describeChanges(before.loaded.config, config), ...changedTexts(before, plan)];
    if (changes.length === 0) return { changes, waiting };
    const next = await withinLimit(this.#open(plan), (late) => void late.close());
    if (this.#isClosed) {
      await next.close();
      throw new Error('the server is shutting down');
    }
    take(next);
    return { changes, waiting };
  }

  async #open(plan: SnapshotPlan): Promise<Snapshot> {
    const next = await this.#options.open(plan);
    await next.warmUp();
    return next;
  }
}

/** What has changed beside the values: texts of files that they name, and plugins. */
function changedTexts({ texts: before }: SnapshotPlan, { texts: after }: SnapshotPlan): string[] {
  return Object.keys(after).filter((name) => Object.hasOwn(before, name) && before[name] !== after[name]);
}

/** @param onLate is given what comes too late */
async function withinLimit<T>(work: Promise<T>, onLate?: (value: T) => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      if (onLate) work.then(onLate, () => {});
      reject(new Error(`a plugin did not get ready within ${limitMs / 1000} seconds`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
