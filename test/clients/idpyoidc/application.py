"""A web application with idpyoidc: its handler of relying parties, which sends state and nonce of itself."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from idpyoidc.client.rp_handler import RPHandler

ISSUER, PORT = os.environ["ISSUER"], os.environ["PORT"]
HERE = f"http://localhost:{PORT}"

handler = RPHandler(
    base_url=HERE,
    client_configs={
        "vestibule": {
            "client_type": "oidc",
            "issuer": ISSUER,
            "client_id": os.environ["CLIENT_ID"],
            "client_secret": os.environ["CLIENT_SECRET"],
            "redirect_uris": [f"{HERE}/callback"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "client_authn_methods": ["client_secret_basic", "bearer_header"],
        }
    },
)
states = {}


def callback(query):
    result = handler.finalize(ISSUER, dict(parse_qsl(query)))
    if "error" in result:
        return {"error": str(result["error"])}
    states["latest"] = result["state"]
    return {**result["userinfo"].to_dict(), "key": result["id_token"]["sub"]}


def refresh(_query):
    handler.refresh_access_token(states["latest"])
    return handler.get_user_info(states["latest"]).to_dict()


class Application(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        try:
            if path == "/":
                address = handler.begin("vestibule")
                self.send_response(302)
                self.send_header("Location", address)
                self.end_headers()
                return
            answer = {"/callback": callback, "/refresh": refresh}[path](query)
        except Exception as error:  # what the library says is the result
            answer = {"error": repr(error)}
        self.send_response(500 if "error" in answer else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


server = ThreadingHTTPServer(("127.0.0.1", int(PORT)), Application)
print("listening", flush=True)
server.serve_forever()
