import { X509Certificate } from "node:crypto";
import type { Services } from "../../src/server/wiring/services.ts";
import { blobOf, derOf, newMetadataSigner } from "./attestation.ts";

/** Loads metadata of these entries, as the command would. */
export async function giveMetadata({ secondFactor }: Services, entries: readonly unknown[]): Promise<void> {
  const signer = await newMetadataSigner();
  const roots = [new X509Certificate(derOf(signer.root))];
  await secondFactor.passkeyMetadata.update(blobOf(signer, { entries }), "test", { roots, host: null });
}
