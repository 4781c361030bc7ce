# The Sinatra application that a snippet for Ruby is written for. The snippet itself is the file SNIPPET.
require "sinatra"
require "json"

set :bind, "127.0.0.1"
set :port, Integer(ENV["PORT"])
set :server, "webrick"
set :server_settings, StartCallback: -> { $stdout.puts("open http://localhost:#{ENV["PORT"]}"); $stdout.flush }
set :sessions, true
set :session_secret, ENV["SESSION_SECRET"]
set :environment, :production

get("/") { "Nobody is signed in." }

eval(File.read(ENV["SNIPPET"]), TOPLEVEL_BINDING, ENV["SNIPPET"])
