/** Names that a policy gives. They stand in logs, metrics and metadata, so their letters are few. */
import * as z from "zod";

export const ruleId = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/)
  .describe("1 to 64 of a-z, 0-9 and -, once a policy; it stands in logs and metrics");

/** As Envoy vouches for it. */
export const tenantName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/)
  .describe("a tenant's name as Envoy tells it, 1 to 64 letters, digits and . _ : -");
