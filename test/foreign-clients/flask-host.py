"""The Flask application that a snippet for Python is written for. The snippet itself is the file SNIPPET."""

import os

from flask import Flask
from werkzeug.serving import make_server

PORT = int(os.environ["PORT"])
SNIPPET = os.environ["SNIPPET"]

app = Flask(__name__)
app.secret_key = os.environ["SESSION_SECRET"]


@app.get("/")
def home():
    return "Nobody is signed in."


with open(SNIPPET, encoding="utf-8") as file:
    exec(compile(file.read(), SNIPPET, "exec"), globals())

# It listens from here on: whoever waits for the line may call at once.
server = make_server("127.0.0.1", PORT, app, threaded=True)
print(f"open http://localhost:{PORT}", flush=True)
server.serve_forever()
