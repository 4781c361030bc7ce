/**
 * What the developer of an application reads about a refused request: which parameter is wrong, and what to send instead. The library's
 * own texts that lack one of the two have a row here, by their description, or by their error where they have none. A text never says
 * more than the library's own: of the causes of `invalid_grant` and `invalid_client` it does not reveal which one it was. RFC 6749
 * section 5.2 allows ASCII without the double quote and the backslash.
 */
export const DESCRIPTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // The application and its credentials
    "client authentication failed":
      "client_id is unknown, or the secret or assertion is wrong; authenticate by the method that the application is registered for",
    "client is invalid": "client_id names no application that is registered here",
    "no client authentication mechanism provided":
      "send client_id, and the secret or assertion of an application that has one",
    "client authentication must only be provided using one mechanism":
      "authenticate once: by the Authorization header, by client_secret or by client_assertion",
    "invalid authorization header value format":
      "the Authorization header must be Basic or Bearer, one blank, and the encoded credentials",
    "client_id and client_secret in the authorization header are not properly encoded":
      "client_id and client_secret must be form-urlencoded, each by itself, before Basic encodes them",
    "client_id mismatch": "client_id must be that of the application that authenticates",
    "invalid client_assertion format": "client_assertion must be a signed JWT",
    // Authorization requests
    "redirect_uri did not match any of the client's registered redirect_uris":
      "redirect_uri must be one of the addresses that are registered for the application; path and query are compared letter by letter",
    "post_logout_redirect_uri not registered":
      "post_logout_redirect_uri must be one of the addresses that are registered for the time after sign-out; path and query are compared letter by letter",
    "unsupported response_type requested": "response_type must be code, or none",
    "requested response_type is not allowed for this client":
      "response_type is not allowed for this application: send code, or nothing at all for a machine, which signs in no users",
    "unsupported response_mode requested": "response_mode must be query, fragment or form_post",
    "requested response_mode is not allowed for this client or request":
      "response_mode is not allowed for this type of application; leave it out",
    "unsupported prompt value requested": "prompt must be none, login, consent or select_account",
    "prompt none must only be used alone": "prompt must be none alone, or a list without none",
    "invalid max_age parameter value": "max_age must be a whole number of seconds, 0 or more",
    "code_challenge_method must be provided": "code_challenge_method must be provided, with the value S256",
    "not supported value of code_challenge_method": "code_challenge_method must be S256",
    "code_challenge must be provided with code_challenge_method":
      "code_challenge must be provided with code_challenge_method: the base64url-encoded SHA-256 hash of code_verifier",
    "could not parse the claims parameter JSON":
      "claims must be a JSON object with the members id_token or userinfo",
    registration_not_supported: "registration is not supported; leave it out",
    request_not_supported:
      "request is not accepted of this application; send the parameters themselves, or register it for signed requests",
    request_uri_not_supported:
      "request_uri must be one that the pushed authorization request endpoint has answered, and must not be sent to it",
    "request_uri is invalid, expired, or was already used":
      "request_uri is unknown, expired or used; push the request again",
    "request client_id must equal the one in request parameters":
      "request must name the same client_id as the parameters beside it",
    "could not parse Request Object": "request must be a signed JWT (RFC 9101)",
    "could not validate Request Object":
      "request must be signed with a key that the application has registered",
    "Request Object claims are invalid":
      "request must have the client_id as iss and the issuer as aud, and must be valid now (exp, nbf)",
    "unsupported signed request alg": "request must be signed with ES256, PS256 or EdDSA",
    "Request Object must be used by this client":
      "request must be sent: this application is registered for signed requests alone",
    "Pushed Authorization Request must be used":
      "request_uri must be sent: this application sends its parameters to the pushed authorization request endpoint first",
    "scope contains invalid characters":
      "scope must be names with one blank between two of them, and none at its ends",
    "requested scope is not allowed":
      "scope must hold only names that the application is registered for; the scope of this answer is one that it is not",
    "resource indicator must be an absolute URI": "resource must be an absolute URI, as it is registered",
    "urn:ietf:params:oauth:grant-type:device_code is not allowed for this client":
      "client_id must be of an application for which the device flow is switched on",
    // Token requests
    "unsupported grant_type requested":
      "grant_type must be one of the grant_types_supported of the discovery document",
    "requested grant type is not allowed for this client":
      "grant_type is not allowed for this type of application",
    "grant request is invalid":
      "code, refresh_token or device_code is unknown, expired, used or of another application, or redirect_uri or code_verifier is not that of the authorization request; begin a new one",
    "resource indicator is missing, or unknown":
      "resource must be one that the authorization request named; without one, leave it out",
    "only a single resource indicator value must be requested/resolved during Access Token Request":
      "resource must name one of the resources of the authorization request; ask for another token for each",
    "only a single resource indicator value is supported for this grant type":
      "resource must be one; ask for another token for each",
    "refresh token missing requested scope":
      "scope must hold only names that were granted with the refresh token; leave it out for all of them",
    "refresh token missing requested scopes":
      "scope must hold only names that were granted with the refresh token; leave it out for all of them",
    "Structured JWT Tokens cannot be revoked via the revocation_endpoint":
      "token is a JWT, which ends by itself and cannot be revoked; revoke the refresh token",
    "device code is expired": "device_code has expired; ask for another one",
    // Access tokens
    "no access token provided": "send the access token in the Authorization header: Bearer, and the token",
    "invalid token provided": "the access token is unknown, expired, revoked or not meant for this endpoint",
    "access token must only be provided using one mechanism":
      "send access_token once: in the Authorization header, or in the form",
    "access tokens must not be provided via query parameter":
      "access_token must not be in the address; send it in the Authorization header",
    "access token missing openid scope":
      "the access token has no scope openid; ask for it when the user signs in",
    // Any request
    "failed to parse the request body":
      "the body must be complete, of type application/x-www-form-urlencoded, and 56 kB at most",
    "request is invalid": "the request is invalid; compare it with the discovery document",
  }),
);

/** A helpful description of an OAuth error; the library's own where that says enough. */
export const describeError = (error: string, description: string | undefined): string | undefined =>
  DESCRIPTIONS.get(description ?? error) ?? description;
