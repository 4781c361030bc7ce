import { makeCertificate } from "../../support/certificate.ts";

/** A key and its certificate, which is its own authority: a client that trusts `cert` trusts the server. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** For clients that demand TLS of an issuer. */
export function makeTls(): Tls {
  const { key, cert } = makeCertificate("localhost");
  return { key, cert };
}
