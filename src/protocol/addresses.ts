/** Where oidc-provider listens. */
export const ROUTES = {
  authorization: "/authorize",
  token: "/token",
  userinfo: "/userinfo",
  jwks: "/jwks",
  introspection: "/introspect",
  revocation: "/revoke",
  end_session: "/sign-out",
  pushed_authorization_request: "/par",
  device_authorization: "/device/authorize",
  code_verification: "/device",
};
