/** The only reader of process.env. What is read is a value, handed on as a parameter. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const readEnvironment = (): Environment => Object.freeze({ ...process.env });
