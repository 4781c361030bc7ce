/** The meaning of each log line for the operator; `log-document.ts` requires one for each line. */

export const LINES: Readonly<Record<string, string>> = {
  request: "A request was answered. The id is in the answer's `X-Request-Id` and on error pages.",
  "a request failed":
    "An error that the visitor was shown as a page. With status 500 it is a bug: report it with this line.",
  "lines of the log were lost: the output took none":
    "Standard output could not be written for a while: a full disk, or a reader that hung. Everything was served meanwhile. A MiB of lines is kept for later; `lines` of those after it are missing.",
  "traces do not reach their collector, and are dropped":
    "The collector of `OTEL_EXPORTER_OTLP_ENDPOINT` is away or refuses them: `error` says why. 404 is a wrong path or port (4318 is the usual one, not 4317), 401 a wrong `OTEL_EXPORTER_OTLP_HEADERS`. Nothing else is hindered. Said once until it takes them again.",
  "traces reach their collector again": "Those that were dropped meanwhile are missing.",
  "too many passwords wait to be hashed":
    "Sign-ins were turned away with 503. A crowd, or guessing: more processors, or more servers.",
  "the kinds of imported passwords could not be read and will be tried again":
    "A wrong password may be answered faster or slower than for other users until it succeeds; the next try is in a minute.",
  "a password could not be compared with known breaches":
    "The service of `VESTIBULE_BREACHED_PASSWORDS` gave no usable answer, and the password was accepted. Many of them: `npx vestibule doctor` says what is wrong.",
  "the stored key of a user's app does not open: it was altered, or its data key is missing":
    "Restore the secrets file that has the key, or reset the user's second factor; the database may have been tampered with.",
  "an application's request was refused":
    "What a developer of the application asks about: which parameter was wrong, what to send instead, and details that the response does not have, such as the registered address that is nearest to one that is not. At `warn` the application has to be mended; of each application ten different ones a minute, each once. Repeated ones, and answers of the ordinary course such as `login_required`, are at `info`. The application's page in the console shows the latest.",
  "an application asked for claims of scopes that it did not ask for":
    "The sign-in went on without them: `claims` says which, and `scopes` what the application has to ask for as well. Its developer can change that. The same line of an application comes once a minute at most, and ten different ones.",
  "more sign-ins were begun than are kept, and the oldest were dropped":
    "250,000 of them wait, from all addresses together: users who were at it for long have to start again. It takes an attack from many networks to get there; slow it down before it reaches Vestibule, at the proxy.",
  "what is good once came again, and was refused":
    "A replaced refresh token, a redeemed code or a used proof came again; `reason` says which, and `subject` whose access was ended. A thief, or an application that keeps an old token: the audit log has the address (`token.reused`).",
  "two requests at the same moment had one proof, and one was refused":
    "A program sent a one-time proof (DPoP) twice, or a stranger did. Nothing was redeemed with it. Look into it only where a developer asks.",
  "a code or token was ended while it was redeemed":
    "The access was revoked, or the user signed out everywhere, while the application asked for new tokens. Nothing has to be done.",
  "scopes of a request were ignored":
    "The application asked for `scopes` that neither Vestibule nor the resource server has, and got the others. Its developer takes them out, or has the application registered for the resource server that knows them (`--resource`). The same line of an application comes once a minute at most.",
  "a refused request is missing in the console": "The database failed. The line before it has the refusal.",
  "a text message provider is passed over":
    "Of several providers (`VESTIBULE_SMS_GATEWAY`) this one took no messages: `reason` says why. The others are asked for `seconds`; then one message finds out whether it is back. docs/messages.md has the reasons.",
  "a text message provider is used again": "It has taken a message again.",
  "the database cannot be used: …":
    "A request was answered with 503 for the reason that the message ends with; nothing of it was stored. `fault` and `sqlState` say what to alert on.",
  "database connections are refused":
    "The server would work with the wrong rights, or against a standby; the error says which. Said once until it can connect again.",
  "the database is used at one host; others cannot be used":
    "Of several hosts in `DATABASE_URL`, this one takes writes; `others` says why the rest do not. After a failover that is expected.",
  "a file of the database's address cannot be read; what it held before is used":
    "A certificate or key named in `DATABASE_URL` is missing or unreadable. Put it back before the next restart.",
  "not ready: the database cannot be used: …":
    "`/health/ready` answers 503 from now on, for the reason that the message ends with.",
  "ready again: the database can be used": "`/health/ready` answers 200 again.",
  "the database did not take this; it is tried again":
    "A right code or password could not be recorded, and the try that it cost is given back as soon as the database takes it.",
  "the database does not take this yet": "The same, at a later attempt.",
  "the database never took this; it is given up":
    "A try could not be given back in time: the user has one fewer before the block.",
  "the database never took this before the process ended":
    "The process stopped before the database was back: the user has one try fewer before the block.",
  "too much waits for the database; this is given up":
    "The database has been away for so long that no more is kept in memory.",
  "asked to stop": "`reason` is the signal. `delaySeconds` is how long it serves on before the port closes.",
  "draining: not ready, and still serving": "The delay of `VESTIBULE_SHUTDOWN_DELAY` runs.",
  "a process of the server ended and is started again":
    "It crashed or was killed: `number` and `ended` say which process it was, `exitCode` and `signal` how it ended, and its own lines before may say why. The others serve meanwhile. `pauseMs` doubles as long as it ends soon after its start.",
  "a new process of the server did not start; the others stay as they are":
    "After SIGHUP. Its own message before this one says why; mend that and send SIGHUP again. Everything is served as before.",
  "the processes of the server are replaced, one after the other": "It got SIGHUP.",
  "all processes of the server were replaced": "Each of them is new, and none of the earlier ones is left.",
  "closed: no new connections": "The port is free for another process; `requests` are still answered.",
  "cut off while stopping":
    "What had not ended after ten seconds: `requests` that got no answer, and `parts` of the server that were left.",
  "a part of the server failed while it stopped": "The others were stopped all the same.",
  stopped: "The process ends with exit code 0.",
  "alarm in the audit log":
    "Something that an operator should look into: `type` says what. The event has the rest; addresses in `VESTIBULE_ALARM_MAIL` get a mail as well.",
  "alarms were not sent by mail and will be later":
    "The database failed. The alarms themselves are in the log and in the audit log.",
  "an answer could not be delivered":
    "The visitor went away, or the network did. Nothing to do unless there are many.",
  "an event is missing in the audit log":
    "The database failed at that moment. The line has the type of the event and the time; keep it.",
  "audit events were not sealed and will be later":
    "The database failed. Many of them: look at the database.",
  "an idle database connection ended":
    "PostgreSQL was restarted, or something between closes idle connections.",
  "cannot listen to the database yet":
    "Changes made elsewhere are heard late until it can. Look at the database.",
  "housekeeping failed and will be tried again":
    "What is over was not removed. Many of them: look at the database.",
  "the signing keys could not be read and will be tried again":
    "The keys of before are used meanwhile. Look at the database.",
  "the message queue did not start":
    "The start ends with it. Look at the database, and whether it was migrated.",
  "the message queue cannot work at the moment": "Mails and text messages wait. Look at the database.",
  "a message could not be looked at and will be tried again":
    "The database failed while a message was taken. Nothing is lost.",
  "a webhook could not be served and will be tried again":
    "The database failed while events were sent. None is lost; some may be sent twice, under the same id.",
  "an application could not be notified of a sign-out":
    "It is tried again later. Is its back-channel address reachable from here?",
  "an application was not notified of a sign-out, and will not be":
    "It may still show the user as signed in. Repair its back-channel address.",
  "the clock of this machine is wrong: nothing is served until it agrees with the database's":
    "More than 30 s apart; said once a minute. Set the clock, by network time: the server serves again by itself.",
  "the clock of this machine agrees with the database's again": "The server serves again.",
  "the clock could not be compared with the database's": "The database did not answer; it is tried again.",
  "this process could not say that it runs and will try again":
    "After a minute the doctor and `keys re-encrypt` take it for ended. Look at the database.",
  "what waits for the right clock could not be begun or stopped and will be tried again":
    "Messages, housekeeping or key rotation rest meanwhile. Look at the database.",
};

/** Calls whose message comes from elsewhere, by file. */
export const MADE_ELSEWHERE: Readonly<Record<string, string>> = {
  "src/platform/database/open-database.ts": "What the embedded PostgreSQL does while it starts and stops.",
  "src/protocol/provider.ts": "A notice of oidc-provider about its set-up. Nothing to do.",
};
