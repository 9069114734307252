/** The one part of undici that is used. Its index would load all others with it, which takes as long as all of a start. */
declare module 'undici/lib/dispatcher/client.js' {
  export { Client as default } from 'undici';
}
