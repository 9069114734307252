import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { api } from './api.js';

/**
 * Loads from the API, and again when the path changes.
 *
 * @param {string} path
 * @param {number} [everyMs] asks again at this interval while the page is seen
 * @returns {{ data: any, error: Error | undefined, reload: () => Promise<void> }} `data` stays while it is loaded again
 */
export function useLoad(path, everyMs) {
  const [state, setState] = useState({});
  const current = useRef(path);
  current.current = path;
  const reload = useCallback(async () => {
    try {
      const data = await api.get(path);
      if (current.current === path) setState({ data });
    } catch (error) {
      if (current.current === path) setState(({ data }) => ({ data, error }));
    }
  }, [path]);
  useEffect(() => {
    reload();
    if (!everyMs) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs);
    return () => clearInterval(timer);
  }, [reload, everyMs]);
  return { ...state, reload };
}

/**
 * Runs one task at a time, and keeps what it failed with.
 *
 * @returns {{ run: (task: () => Promise<void>) => Promise<void>, isBusy: boolean, error: Error | undefined }}
 */
export function useTask() {
  const [state, setState] = useState({ isBusy: false });
  const isBusy = useRef(false);
  const run = useCallback(async (task) => {
    if (isBusy.current) return;
    isBusy.current = true;
    setState({ isBusy: true });
    let error;
    try {
      await task();
    } catch (thrown) {
      error = thrown;
    }
    isBusy.current = false;
    setState({ isBusy: false, error });
  }, []);
  return { ...state, run };
}

/** The served models, for a field that takes a name: aliases first. */
export function useModels() {
  const { data, error } = useLoad('models');
  const aliases = data?.aliases.filter(({ name }) => !name.includes('*')).map(({ name }) => name) ?? [];
  const names = [...new Set([...aliases, ...(data?.models.map(({ id }) => id) ?? [])])];
  return { names, error, data };
}
