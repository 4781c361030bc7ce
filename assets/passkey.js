// Passkeys: asks the browser for one, or to make one, and sends what it says with the page's own form. Its library stands beside it.
const { browserSupportsWebAuthn, startAuthentication, startRegistration } = SimpleWebAuthnBrowser;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const says = form.querySelector("[data-passkey-says]");
  const button = form.querySelector("[data-passkey-start]");
  const say = (text) => (says.textContent = text);
  form.querySelector("[data-passkey-without]").hidden = true;
  if (!browserSupportsWebAuthn()) {
    say(says.dataset.unsupported);
    continue;
  }
  let isAsking = false;
  button.hidden = false;
  if (form.dataset.passkeyFocus !== undefined) button.focus();
  button.addEventListener("click", async () => {
    if (isAsking) return;
    isAsking = true;
    button.setAttribute("aria-busy", "true");
    say("");
    try {
      const optionsJSON = JSON.parse(form.dataset.options);
      const start = form.dataset.passkey === "make" ? startRegistration : startAuthentication;
      form.elements.credential.value = JSON.stringify(answerOf(await start({ optionsJSON })));
      form.requestSubmit();
    } catch (error) {
      say(error.name === "InvalidStateError" ? says.dataset.known : says.dataset.cancelled);
    } finally {
      isAsking = false;
      button.removeAttribute("aria-busy");
    }
  });
  // A page that stays open asks for another challenge; one that a browser is busy with ends by its own time.
  const left = Date.parse(form.dataset.endsAt) - Date.parse(form.dataset.now);
  setTimeout(() => isAsking || location.replace(location.pathname + location.search), Math.max(left, 10_000));
}

// Only what the server reads: some browsers add long statements about the device.
function answerOf({ id, rawId, type, response }) {
  const { clientDataJSON, authenticatorData, signature, userHandle, attestationObject, transports } =
    response;
  return attestationObject
    ? { id, rawId, type, response: { clientDataJSON, attestationObject, transports } }
    : { id, rawId, type, response: { clientDataJSON, authenticatorData, signature, userHandle } };
}
