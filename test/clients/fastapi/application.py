"""A resource server with FastAPI, once with PyJWT and once with Authlib."""

import os
import urllib.request
import json

import jwt
import uvicorn
from authlib.oauth2.rfc6749 import OAuth2Error
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from fastapi import Depends, FastAPI, Header, HTTPException
from joserfc.jwk import KeySet

ISSUER, RESOURCE = os.environ["ISSUER"], os.environ["RESOURCE"]
SCOPE = "invoices:read"
application = FastAPI()
keys = jwt.PyJWKClient(f"{ISSUER}/jwks")


def bearer(authorization: str = Header()):
    return authorization.removeprefix("Bearer ")


@application.get("/pyjwt")
def with_pyjwt(token: str = Depends(bearer)):
    try:
        key = keys.get_signing_key_from_jwt(token)
        # The library looks at the signature, the audience and the issuer, and not at the type.
        if jwt.get_unverified_header(token)["typ"] != "at+jwt":
            raise jwt.InvalidTokenError("not an access token")
        claims = jwt.decode(token, key, algorithms=["RS256", "ES256"], audience=RESOURCE, issuer=ISSUER)
    except jwt.PyJWTError as error:
        raise HTTPException(401, str(error))
    if SCOPE not in claims["scope"].split():
        raise HTTPException(403)
    return {"sub": claims["sub"], "scope": claims["scope"]}


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        with urllib.request.urlopen(f"{ISSUER}/jwks") as answer:
            return KeySet.import_key_set(json.load(answer))


validator = Validator(ISSUER, RESOURCE)


@application.get("/authlib")
def with_authlib(token: str = Depends(bearer)):
    try:
        claims = validator.authenticate_token(token)
        validator.validate_token(claims, [SCOPE], None)
    except OAuth2Error as error:
        raise HTTPException(error.status_code, error.description)
    return {"sub": claims["sub"], "scope": claims["scope"]}


uvicorn.run(application, host="127.0.0.1", port=int(os.environ["PORT"]))
