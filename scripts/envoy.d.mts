// Types of envoy.mjs, for the tests.

export declare const envoyVersion: string;

/**
 * Path of an Envoy binary that can be executed; fetches the pinned one where none is at hand.
 * Rejects with an error that names the ways to provide one where none can be had.
 */
export declare function envoyPath(
  env?: Readonly<Record<string, string | undefined>>,
  say?: (text: string) => void,
): Promise<string>;
