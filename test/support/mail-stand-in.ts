import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import type { Certificate } from "./certificate.ts";
import { useResource } from "./suite-resource.ts";

/** A mail server on loopback that keeps what it takes. */
export interface MailStandIn {
  /** Settings that lead a Vestibule here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly url: string;
  readonly taken: readonly TakenMail[];
  /** Answers every message with this SMTP status until `null`: 4xx try later, 5xx never. */
  fault(status: number | null): void;
  /** Waits so long before it has taken a message. */
  delay(milliseconds: number): void;
  /** Keeps all senders of a message waiting, until the answered function is called. */
  hold(): () => void;
  newest(to: string): TakenMail | undefined;
  stop(): Promise<void>;
}

interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly raw: string;
  readonly messageId: string | null;
  /** Whether it came through TLS. */
  readonly isSecure: boolean;
}

/** From the first byte, or by STARTTLS. */
export interface MailTls {
  readonly certificate: Certificate;
  readonly isImplicit: boolean;
}

/** Starts one; without TLS, as a stand-in on the same machine, unless it is given. */
export async function startMailStandIn(tls: MailTls | null = null): Promise<MailStandIn> {
  const taken: TakenMail[] = [];
  let refusal: number | null = null;
  let pause = 0;
  let held: Promise<undefined> = Promise.resolve(undefined);
  const server = new SMTPServer({
    authOptional: true,
    ...(tls === null
      ? { disabledCommands: ["STARTTLS", "AUTH"] }
      : {
          disabledCommands: ["AUTH"],
          secure: tls.isImplicit,
          key: tls.certificate.key,
          cert: tls.certificate.cert,
        }),
    onRcptTo: (address, _session, done) => {
      const status = refusal ?? (address.address.startsWith("nobody@") ? 550 : null);
      done(status === null ? null : Object.assign(new Error("refused"), { responseCode: status }));
    },
    onData: (stream, { envelope, secure }, done) => {
      void text(stream).then((raw) => {
        taken.push({
          from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          raw,
          messageId: /^message-id:\s*(<[^>]+>)/im.exec(raw)?.[1] ?? null,
          isSecure: secure,
        });
        void held.then(() => setTimeout(done, pause));
      });
    },
  });
  server.on("error", () => undefined);
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, "127.0.0.1", () => {
      const address = listening.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const url = `smtp://127.0.0.1:${String(port)}`;
  return {
    url,
    taken,
    environment: {
      VESTIBULE_MAIL_GATEWAY: "smtp",
      VESTIBULE_SMTP_URL: url,
      VESTIBULE_MAIL_FROM: "Vestibule <no-reply@id.example>",
    },
    fault: (status) => {
      refusal = status;
    },
    delay: (milliseconds) => {
      pause = milliseconds;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      held = promise;
      return () => {
        resolve(undefined);
      };
    },
    newest: (to) => taken.findLast((mail) => mail.to.includes(to)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** One for the tests of a suite. Call it inside `describe`. */
export function useMailStandIn(): MailStandIn {
  return useResource(
    () => startMailStandIn(),
    (server) => server.stop(),
  );
}
