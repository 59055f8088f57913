/** Ids of rules and exceptions that stand in a tenant's file. No id that a file writes has an `@`. Pure. */

export const tenantId = (id: string, tenant: string): string => `${id}@${tenant}`;

/** As its file has it. */
export const writtenId = (id: string): string => id.split("@", 1)[0] as string;
