/** What the configuration says of the demo. */
import type { ConfigFragment } from '../../options/fragment.ts';

export const demoKeys = {
  demo: {
    'x-section': 'Models',
    type: 'boolean',
    default: false,
    description: 'Serve the built-in `demo` model even when a provider has credentials.',
  },
} as const satisfies ConfigFragment;
