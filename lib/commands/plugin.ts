import type { Command } from 'commander';
import type { CheckPluginOptions } from './plugin-check-action.ts';
import type { NewPluginOptions } from './plugin-new-action.ts';

export function registerPluginCommand(program: Command): void {
  const plugin = program.command('plugin').description('write plugins, try them, and list those that are installed');
  plugin
    .command('new <name>')
    .description('write a plugin, its test, its package.json and its README into a new folder of this name')
    .option('--provider', 'a provider, which answers requests (default: a middleware, which changes them)')
    .option('--js', 'in JavaScript')
    .option('--ts', 'in TypeScript (the default)')
    .action(async (name: string, options: NewPluginOptions) => {
      const { newPlugin } = await import('./plugin-new-action.ts');
      await newPlugin(name, options);
    });
  plugin
    .command('check [path]')
    .description('check the types, options and tests of a plugin, and try it in a server with every API (it is run)')
    .option('--options <json>', 'options to try it with, as the configuration would have them')
    .action(async (path: string | undefined, options: CheckPluginOptions) => {
      const { checkPlugin } = await import('./plugin-check-action.ts');
      await checkPlugin(path ?? '.', options);
    });
  plugin
    .command('list')
    .description(
      'list the npm packages with the keyword opencompat-plugin near the configuration, and which are in use',
    )
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const { listPlugins } = await import('./plugin-list-action.ts');
      await listPlugins(options, program.opts());
    });
}
