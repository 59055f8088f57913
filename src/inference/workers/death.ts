/**
 * Why a thread ended, for the log: the kind of its error and the code, never the message, which may quote what it worked on.
 */
export function reasonOfDeath(error: unknown): string {
  if (!(error instanceof Error)) return "its thread ended by an error";
  const code = "code" in error && typeof error.code === "string" && /^\w{1,64}$/.test(error.code) ? error.code : null;
  return `its thread ended by ${code ?? (/^\w{1,64}$/.test(error.name) ? error.name : "an error")}`;
}
