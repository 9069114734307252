/** Over SSH a browser would open on the wrong machine, or in the terminal. */
export declare function isDesktopTerminal(): boolean;
export declare function openBrowser(url: string): void;
