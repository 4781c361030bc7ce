/** Claims of a JWT that oidc-provider has verified: a pushed request, a request object, a hint. */
export function jwtPayload(jwt: string): Readonly<Record<string, unknown>> {
  const [, payload = ""] = jwt.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
}
