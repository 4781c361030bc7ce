import { PageError } from "../../kernel/errors.ts";
import { MAX_IMAGE_BYTES, type ImageFault } from "../../platform/images/image.ts";
import { readImage } from "../../platform/images/read-image.ts";
import { fault } from "../../platform/web/page-kit.ts";
import type { Logo } from "../../domain/offices/logo-store.ts";
import type { LogoResult } from "../../domain/offices/logo-service.ts";
import { officeHref, type ConsoleOutcome, type OfficeContext } from "./page.ts";
import type { ConsoleDeps } from "./console-deps.ts";

/** Keeps an uploaded picture as the office's draft. Returns what is wrong with it; null: nothing. */
export async function receiveLogo(
  { logos }: ConsoleDeps,
  { office, actor }: OfficeContext,
  file: AsyncIterable<Uint8Array> | null,
): Promise<ImageFault | null> {
  const read = file === null ? ({ type: "empty" } as const) : await readImage(await bytesOf(file));
  if (read.type !== "image") {
    return read.type;
  }
  if ((await logos.propose(office, read.image, actor)) !== "proposed") {
    throw new PageError("not-found");
  }
  return null;
}

/** Not more than one byte too many: the reader refuses it, and the rest is not kept. */
async function bytesOf(file: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of file) {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_IMAGE_BYTES) {
      break;
    }
  }
  return Buffer.concat(pieces).subarray(0, MAX_IMAGE_BYTES + 1);
}

/** Uses or discards the draft, or removes the logo. `mark`: of the draft that the page has shown. */
export async function decideLogo(
  { logos }: ConsoleDeps,
  context: OfficeContext,
  { decision, mark }: { readonly decision: string; readonly mark: string },
): Promise<ConsoleOutcome> {
  const { office, actor } = context;
  const to = officeHref(office.code, "/settings/branding");
  switch (decision) {
    case "use":
      return answerOf(context, await logos.accept(office, mark, actor));
    case "remove":
      return answerOf(context, await logos.remove(office, actor));
    case "discard":
      await logos.discard(office, actor);
      return { type: "go", to };
    default:
      return { type: "go", to };
  }
}

function answerOf({ office, t }: OfficeContext, { type }: LogoResult): ConsoleOutcome {
  const to = officeHref(office.code, "/settings/branding");
  switch (type) {
    case "changed":
    case "unchanged":
      return { type: "done", to };
    case "gone":
      return { type: "go", to };
    case "conflict":
      return fault(null, t("console.settings-branding.again"));
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      throw new PageError("not-found");
  }
}

/** The picture inside a page, before it has an address. */
export const dataAddress = ({ type, content }: Logo): string =>
  `data:image/${type === "svg" ? "svg+xml" : type};base64,${content.toString("base64")}`;
