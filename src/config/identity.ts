/** Where tenant and principal come from: places that Envoy vouches for. Not here: reading them of a message. */
import * as z from "zod";

const name = z.string().min(1).max(256);

const source = z
  .strictObject({
    jwt: z
      .array(name)
      .min(2)
      .max(8)
      .optional()
      .describe("payload_in_metadata of Envoy's jwt_authn filter, then the claim: [jwt_payload, sub]"),
    metadata: z
      .array(name)
      .min(2)
      .max(8)
      .optional()
      .describe("a namespace of filter metadata that Envoy forwards, then the keys in it"),
    attribute: name.optional().describe("an attribute that Envoy sends, such as connection.uri_san_peer_certificate"),
    grpcMetadata: z
      .string()
      .regex(/^[a-z0-9_.-]{1,64}$/)
      .optional()
      .describe("a key of the stream's gRPC metadata, set by grpc_initial_metadata in Envoy's configuration"),
  })
  .refine((said) => Object.keys(said).length === 1, "write exactly one of jwt, metadata, attribute, grpcMetadata");

export const identitySource = z
  .strictObject({
    tenant: source.optional().describe("whose exchange it is"),
    principal: source.optional().describe("who asks"),
  })
  .describe("where Envoy vouches for who asks; a request's own headers never count. Nobody is known where left out");

export type IdentityPlace =
  | { readonly kind: "metadata"; readonly namespace: string; readonly path: readonly string[] }
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "grpc"; readonly key: string };

export type IdentityPlaces = { readonly tenant: IdentityPlace | null; readonly principal: IdentityPlace | null };

const jwtNamespace = "envoy.filters.http.jwt_authn";

export function identityPlaces(written: z.output<typeof identitySource> | undefined): IdentityPlaces {
  return Object.freeze({ tenant: placeOf(written?.tenant), principal: placeOf(written?.principal) });
}

function placeOf(said: z.output<typeof source> | undefined): IdentityPlace | null {
  if (said === undefined) return null;
  if (said.jwt !== undefined) return { kind: "metadata", namespace: jwtNamespace, path: said.jwt };
  if (said.metadata !== undefined) {
    const [namespace = "", ...path] = said.metadata;
    return { kind: "metadata", namespace, path };
  }
  if (said.attribute !== undefined) return { kind: "attribute", name: said.attribute };
  return { kind: "grpc", key: said.grpcMetadata ?? "" };
}
