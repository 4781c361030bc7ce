import { type DescribedClaim, describeClaims, displayName, describeDate } from "./describe-claims.ts";
import { describeError } from "./describe-error.ts";
import { type Html, html } from "./html.ts";
import type { Answer } from "./web-desk.ts";
import { fingerprint, type Session } from "./web-session.ts";

interface Message {
  readonly title: string;
  readonly text: string;
  /** The label of the link that starts a sign-in. */
  readonly action: "Sign in" | "Try again";
  readonly technical?: string;
}

export function signedOutHomePage(issuer: string): Html {
  const body = html`
    <p class="eyebrow">Demo web application</p>
    <h1>Welcome</h1>
    <p class="lead">
      This small application keeps no passwords. It hands the sign-in over to an identity provider and shows
      you what it learns in return.
    </p>
    <p class="actions"><a class="button primary" href="/sign-in">Sign in</a></p>
    <h2>Other ways in</h2>
    <ul class="choices">
      <li>
        <a href="/sign-in?prompt=login">Sign in again</a>
        <span>even if the identity provider still knows you <code>prompt=login</code></span>
      </li>
      <li>
        <a href="/sign-in?prompt=none">Sign in silently</a>
        <span>without being asked anything, or not at all <code>prompt=none</code></span>
      </li>
    </ul>
    <p class="fine">Identity provider: <span class="address">${issuer}</span></p>
  `;
  return layout("Demo web application", body);
}

export function signedInHomePage(session: Session, notice: string | undefined): Html {
  const claims = { ...session.userinfo, ...session.tokens.claims };
  const body = html`
    <p class="eyebrow">Demo web application</p>
    <h1>Signed in as ${displayName(claims)}</h1>
    ${notice === undefined ? undefined : html`<p class="notice" role="status">${notice}</p>`}
    <h2>What this application knows about you</h2>
    ${list(describeClaims(claims))}
    <h2>The tokens behind it</h2>
    ${list(describeTokens(session))}
    <div class="actions">
      ${button(session, "/refresh", "Refresh tokens")} ${button(session, "/userinfo", "Call userinfo")}
      <a class="button" href="/sign-in?prompt=login">Sign in again</a>
      <a class="button" href="/sign-in?prompt=none">Ask silently</a>
    </div>
    ${raw("Claims of the ID token", session.tokens.claims)}
    ${session.userinfo && raw("Answer of userinfo", session.userinfo)}
    <h2>Finished?</h2>
    <div class="actions">
      ${button(session, "/sign-out-everywhere", "Sign out everywhere", "primary")}
      ${button(session, "/sign-out", "Sign out here only")}
    </div>
  `;
  return layout(`Signed in as ${displayName(claims)}`, body);
}

/** One message and the ways on. */
export function messagePage(message: Message): Html {
  const body = html`
    <p class="eyebrow">Demo web application</p>
    <h1>${message.title}</h1>
    <p class="lead">${message.text}</p>
    <p class="actions">
      <a class="button primary" href="/sign-in">${message.action}</a>
      <a class="button" href="/">Back to the start</a>
    </p>
    ${message.technical && html`<p class="fine">For developers: <code>${message.technical}</code></p>`}
  `;
  return layout(message.title, body);
}

export function errorAnswer(session: Session | undefined, error: unknown): Answer {
  const { title, advice, technical, status } = describeError(error);
  const stillHere = session ? " You are still signed in to this application." : "";
  const page = messagePage({ title, text: advice + stillHere, action: "Try again", technical });
  return { type: "page", status, page };
}

function describeTokens({ tokens }: Session): DescribedClaim[] {
  const expiry = tokens.expiresAt ? `, valid until ${describeDate(tokens.expiresAt)}` : "";
  return [
    { label: "Received", value: describeDate(tokens.receivedAt) },
    { label: "Access token", value: `fingerprint ${fingerprint(tokens.accessToken)}${expiry}` },
    {
      label: "Refresh token",
      value: tokens.refreshToken ? `fingerprint ${fingerprint(tokens.refreshToken)}` : "none",
    },
  ];
}

function list(rows: readonly DescribedClaim[]): Html {
  const pairs = rows.map(
    ({ label, value }) =>
      html`<div>
        <dt>${label}</dt>
        <dd>${value}</dd>
      </div>`,
  );
  return html`<dl>${pairs}</dl>`;
}

function button(session: Session, action: string, label: string, look = ""): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="csrf" value="${session.csrf}" />
    <button class="button ${look}">${label}</button>
  </form>`;
}

function raw(label: string, value: object): Html {
  return html`<details>
    <summary>${label}</summary>
    <pre>${JSON.stringify(value, undefined, 2)}</pre>
  </details>`;
}

function layout(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/demo.css" />
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `;
}
