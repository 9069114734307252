/** Opens a browser on this machine, for signing in. */
import { spawn } from 'node:child_process';

/** Over SSH a browser would open on the wrong machine, or in the terminal. */
export function isDesktopTerminal(): boolean {
  if (!process.stdout.isTTY || process.env.SSH_CONNECTION) return false;
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

export function openBrowser(url: string): void {
  const openers: Partial<Record<NodeJS.Platform, [string, string[]]>> = {
    darwin: ['open', [url]],
    win32: ['rundll32', ['url.dll,FileProtocolHandler', url]],
  };
  const [program, args] = openers[process.platform] ?? ['xdg-open', [url]];
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  // A failure does not matter: the address is on the screen anyway.
  child.on('error', () => {});
  child.unref();
}
