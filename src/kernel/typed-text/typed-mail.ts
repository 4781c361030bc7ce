import { domainToASCII, domainToUnicode } from "node:url";
import { withoutInvisible, withPlainBlanks } from "./characters.ts";

/**
 * Email addresses. The host is kept and sent in ASCII (punycode, RFC 5891), which every mail server takes, and shown in its own letters. What is
 * before the @ stays ASCII: only some servers on the way would take more (SMTPUTF8, RFC 6531), and no form can know which.
 */

/** `Anna Smit <anna@example.nl>`, as mail programs copy it. */
const IN_BRACKETS = /^[^<>]*<([^<>]*)>$/u;

/** The address as it is stored, from what was typed or pasted. Not yet validated. */
export function typedMail(text: string): string {
  const plain = withoutEnd(withPlainBlanks(withoutInvisible(text).normalize("NFKC")).replaceAll("。", "."));
  const [, inside = plain] = IN_BRACKETS.exec(plain) ?? [];
  const address = withoutEnd(
    inside
      .trim()
      .replace(/^mailto:/iu, "")
      .replace(/\?.*$/u, ""),
  );
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at + 1)}${inAscii(address.slice(at + 1))}`;
}

/** The end of a sentence, or of an entry in a list of recipients. */
const withoutEnd = (text: string): string => text.replace(/(?<![.,;:])[.,;:]+$/u, "");

/** A host of ASCII stays as it is, case included: it is no change when a form comes back. */
const inAscii = (host: string): string => (/^\p{ASCII}*$/u.test(host) ? host : domainToASCII(host) || host);

/** The address as people read it. A host whose letters may be taken for another host's stays in ASCII. */
export function shownMail(address: string): string {
  const at = address.lastIndexOf("@");
  const host = address.slice(at + 1);
  const shown = domainToUnicode(host);
  const isSame = shown !== "" && domainToASCII(shown) === host && !looksLikeAnother(shown);
  return isSame ? `${address.slice(0, at + 1)}${shown}` : address;
}

/** Scripts whose letters look like Latin ones: they are shown only where the whole host, with its last part, is in one of them. */
const ALIKE = ["Greek", "Cyrillic", "Armenian", "Cherokee", "Georgian"] as const;

function looksLikeAnother(host: string): boolean {
  const [script, ...more] = ALIKE.filter((name) => new RegExp(`\\p{Script=${name}}`, "u").test(host));
  return (
    script !== undefined &&
    (more.length > 0 || !new RegExp(`^[\\p{Script=${script}}0-9.-]+$`, "u").test(host))
  );
}
