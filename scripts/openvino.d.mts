// Types of openvino.mjs, for the tests.

type Variables = Readonly<Record<string, string | undefined>>;

export declare const openVinoVersion: string;

/** Folder of OpenVINO's libraries, or undefined: OPENVINO_LIBS, else the cache. Fetches nothing. */
export declare function openVinoAtHand(env?: Variables): string | undefined;
