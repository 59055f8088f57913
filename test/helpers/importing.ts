/** What `NODE_OPTIONS` says so that each process runs this code, an ES module, before anything else. */
export const importing = (code: string): string => `--import=data:text/javascript,${encodeURIComponent(code)}`;
