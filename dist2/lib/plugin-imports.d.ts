/** The placeholder for a plugin without a path or package. */
export declare const builtInOrigin = "built-in";
/** The URL of a module that has `import … from 'opencompat'` lead to this program, for Node's `--import`: for plugins' tests. */
export declare function importHookUrl(): string;
/** The purpose of a plan of chains or providers. */
export interface PlanOptions {
    /** false: the plan is only shown. No plugin is run then, and only its file is known. */
    readonly loadsPlugins: boolean;
}
/**
 * Imports a plugin, or gives the module that there is if none of its files has changed since.
 * @param specifier a path, or a package's name
 * @param folder the base of relative paths, and the start of the search for packages
 * @returns the default export
 */
export declare function importPlugin(specifier: string, folder: string): Promise<unknown>;
/** The files of all plugins that have been loaded. */
export declare function pluginFiles(): string[];
/** The plugin in whose files an error arose, by the error's stack; undefined for errors from elsewhere. */
export declare function pluginBehind(error: unknown): string | undefined;
/**
 * Describes a plugin without running it. Only the import itself finds a package's folder.
 * @throws Error for a path at which there is no file
 */
export declare function checkPluginFile(specifier: string, folder: string): void;
