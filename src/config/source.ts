/** The configuration as people write it: one schema for the file, its checks and the published JSON Schema. */
import * as z from "zod";
import { logLevels } from "../domain/log-level.ts";
import { defaultListen, formatListen } from "./address.ts";
import { auditSource } from "./audit.ts";
import { identitySource } from "./identity.ts";
import { fromNames, limitSchema } from "./limits.ts";
import { modelsSource } from "./models.ts";
import { otelSource } from "./otel.ts";
import { redisSource } from "./redis.ts";

export const defaults = {
  listen: formatListen(defaultListen),
  admin: "127.0.0.1:9464",
  logLevel: "info",
} as const;

const tls = z.strictObject({
  certFile: z.string().min(1).describe("PEM file of the guard's certificate chain"),
  keyFile: z.string().min(1).describe("PEM file of its private key"),
  clientCaFile: z.string().min(1).describe("PEM file of the authority that signs Envoy's certificate"),
  clientName: z
    .string()
    .min(1)
    .max(253)
    .describe("the one name (subject alternative name) that Envoy's certificate must carry"),
});

export const configSource = z
  .strictObject({
    kind: z.literal("Config"),
    version: z.literal(1),
    listen: z
      .string()
      .optional()
      .describe(`where Envoy connects: unix:PATH or HOST:PORT; ${defaults.listen} where left out`),
    admin: z
      .string()
      .optional()
      .describe(`HOST:PORT of /metrics, /healthz and /readyz; ${defaults.admin} where left out`),
    policy: z
      .string()
      .min(1)
      .optional()
      .describe("the policy file, relative to this file; the built-in policy where left out"),
    log: z
      .strictObject({ level: z.enum(logLevels).optional().describe(`${defaults.logLevel} where left out`) })
      .optional(),
    tls: tls.optional().describe("mutual TLS; required where listen is a host off loopback"),
    identity: identitySource.optional(),
    breakGlassTokenFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        "file with the token for changes on the admin address (/break-glass, /log-level); closed where left out",
      ),
    models: modelsSource.optional(),
    redis: redisSource.optional(),
    audit: auditSource.optional(),
    otel: otelSource.optional(),
    limits: z
      .strictObject(fromNames((name) => limitSchema(name).optional()))
      .optional()
      .describe("what the guard holds and how long it judges, each with its unit in its name"),
  })
  .meta({ $id: "config-v1.json", title: "Sallyport configuration, version 1" });

export type ConfigSource = z.output<typeof configSource>;
export type TlsFiles = Readonly<z.output<typeof tls>>;
export const tlsFields = Object.keys(tls.shape) as readonly (keyof TlsFiles)[];
