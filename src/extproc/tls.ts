/**
 * Mutual TLS with one pinned client: what connects must hold a certificate of the given authority that carries the given
 * name as a DNS or URI name (SPIFFE). Anything else is cut off before its first HTTP/2 byte is read.
 * The common name and wildcards do not count. Certificates are read once; a change needs a restart.
 */
import type { X509Certificate } from "node:crypto";
import type { Server, Socket } from "node:net";
import { createServer } from "node:tls";
import { ListenError } from "./listen.ts";

export type TlsOptions = {
  /** Our certificate chain, PEM. */
  readonly certificate: string | Buffer;
  /** Our key, PEM. */
  readonly key: string | Buffer;
  /** The authority that signs clients, PEM. */
  readonly clientCa: string | Buffer;
  /** The one client: a DNS name, or a URI such as spiffe://mesh/ns/edge/sa/envoy. */
  readonly clientName: string;
};

export type Refusal = "handshake" | "name";

export const HANDSHAKE_MS_MAX = 10_000;

/** A listener whose connections are those of the pinned client. Throws ListenError for what cannot be a key pair or name. */
export function createTlsListener(
  options: TlsOptions,
  onConnection: (socket: Socket) => void,
  onRefused: (why: Refusal) => void,
): Server {
  const { certificate, key, clientCa, clientName } = options;
  if (!/^[A-Za-z0-9.:/_~-]{1,253}$/.test(clientName))
    throw new ListenError("bad_tls", "the client name must be a DNS name or a URI");
  if (clientCa.length === 0) throw new ListenError("bad_tls", "the authority of the client's certificate is missing");
  try {
    const server = createServer({
      cert: certificate,
      key,
      ca: clientCa,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      ALPNProtocols: ["h2"],
      handshakeTimeout: HANDSHAKE_MS_MAX,
      noDelay: true,
    });
    server.on("tlsClientError", () => onRefused("handshake"));
    server.on("secureConnection", (socket) => {
      socket.on("error", () => undefined);
      const peer = socket.getPeerX509Certificate();
      if (socket.authorized && peer !== undefined && hasName(peer, clientName)) return onConnection(socket);
      onRefused("name");
      socket.destroy();
    });
    return server;
  } catch (error) {
    throw new ListenError("bad_tls", "the certificate, its key or the client authority cannot be used", {
      cause: error,
    });
  }
}

/** True if `name` is among the certificate's DNS or URI names, letter for letter (DNS: whatever the case). */
export function hasName(certificate: X509Certificate, name: string): boolean {
  const exact = { subject: "never", wildcards: false, partialWildcards: false } as const;
  if (!name.includes("/")) return certificate.checkHost(name, exact) !== undefined;
  return namesOf(certificate.subjectAltName ?? "").includes(`URI:${name}`);
}

/**
 * Splits Node's text form of the names. A value with a comma or quote in it is a quoted JSON string there, and must not
 * be split inside: or a name could pose as another.
 */
function namesOf(subjectAltName: string): readonly string[] {
  return subjectAltName.match(/[A-Za-z ]+:(?:"(?:[^"\\]|\\.)*"|[^,]*)/g)?.map((name) => name.trim()) ?? [];
}
