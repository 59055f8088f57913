/** One thing that goes along with a signal, and with the deadlines opened below it. Who put it there knows what it is. */

const along = Symbol("along");
type Carrying = { [along]?: object };

export function carry(signal: AbortSignal, thing: object | null): void {
  if (thing !== null) (signal as Carrying)[along] = thing;
}

export const carriedBy = (signal: AbortSignal): object | null => (signal as Carrying)[along] ?? null;
