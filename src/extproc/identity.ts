/**
 * Who asks, from what Envoy vouches for: its attributes, the metadata of its filters, the peer's certificate, and the
 * metadata of the gRPC stream itself, as the operator's configuration says. Never from the request's own headers.
 */
import type { ProcessingRequest, Struct, Value } from "./wire.ts";

/** One place where a name may stand. */
export type IdentitySource =
  /** Of a filter, such as the claims that `envoy.filters.http.jwt_authn` leaves; Envoy must forward the namespace. */
  | { readonly kind: "metadata"; readonly namespace: string; readonly path: readonly string[] }
  /** Of the request, such as `connection.uri_san_peer_certificate`; Envoy must send it in `request_attributes`. */
  | { readonly kind: "attribute"; readonly name: string }
  /** Of the stream, as `grpc_initial_metadata` of the route's ext_proc configuration sets it. */
  | { readonly kind: "grpc"; readonly key: string };

/** `null`: nothing says. */
export type Identity = { readonly tenant: IdentitySource | null; readonly principal: IdentitySource | null };
export const noIdentity: Identity = { tenant: null, principal: null };

/** In UTF-16 code units; what is longer names nobody. */
const nameLongest = 256;
const extProcAttributes = "envoy.filters.http.ext_proc";

export function attribute(message: ProcessingRequest, name: string): string | null {
  return textOf(message.attributes?.[extProcAttributes]?.fields?.[name]);
}

export function identify(
  source: IdentitySource | null,
  message: ProcessingRequest,
  metadata: (name: string) => string | undefined,
): string | null {
  if (source === null) return null;
  switch (source.kind) {
    case "attribute":
      return attribute(message, source.name);
    case "grpc":
      return named(metadata(source.key));
    default: {
      const struct = message.metadataContext?.filterMetadata?.[source.namespace];
      return textOf(walk(struct, source.path));
    }
  }
}

function walk(struct: Struct | undefined, path: readonly string[]): Value | undefined {
  let value: Value | undefined = struct === undefined ? undefined : { structValue: struct };
  for (const key of path) {
    const fields: Readonly<Record<string, Value>> | undefined = value?.structValue?.fields;
    value = fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
  }
  return value;
}

const textOf = (value: Value | undefined): string | null => named(value?.stringValue);

const named = (text: string | undefined): string | null =>
  text === undefined || text === "" || text.length > nameLongest ? null : text;
