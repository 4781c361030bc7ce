// Passkeys: asks the browser for one, or to make one, and sends what it says with the page's own form. Its library stands beside it.
const {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} = SimpleWebAuthnBrowser;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const says = form.querySelector("[data-passkey-says]");
  const button = form.querySelector("[data-passkey-start]");
  const without = form.querySelector("[data-passkey-without]");
  // Beside the form of a password, which is used where this one cannot be.
  const isBeside = form.dataset.passkeyBeside !== undefined;
  const say = (text) => (says.textContent = text);
  if (without) without.hidden = true;
  if (!browserSupportsWebAuthn()) {
    if (!isBeside) say(says.dataset.unsupported);
    continue;
  }
  const optionsJSON = JSON.parse(form.dataset.options);
  const send = (answer) => {
    form.elements.credential.value = JSON.stringify(answerOf(answer));
    form.requestSubmit();
  };
  let isAsking = false;
  form.hidden = false;
  button.hidden = false;
  if (form.dataset.passkeyFocus !== undefined) button.focus();
  button.addEventListener("click", async () => {
    if (isAsking) return;
    isAsking = true;
    button.setAttribute("aria-busy", "true");
    say("");
    try {
      const start = form.dataset.passkey === "make" ? startRegistration : startAuthentication;
      send(await start({ optionsJSON }));
    } catch (error) {
      say(error.name === "InvalidStateError" ? says.dataset.known : says.dataset.cancelled);
    } finally {
      isAsking = false;
      button.removeAttribute("aria-busy");
    }
  });
  if (isBeside) offerInField(optionsJSON, send);
  // A page that stays open asks for another challenge; one that a browser is busy with ends by its own time.
  const left = Date.parse(form.dataset.endsAt) - Date.parse(form.dataset.now);
  setTimeout(
    () => {
      if (isAsking) return;
      if (isTypedIn()) {
        form.hidden = true;
        // What the browser lists in the field would still answer the challenge that has ended.
        WebAuthnAbortService.cancelCeremony();
      } else location.replace(location.pathname + location.search);
    },
    Math.max(left, 10_000),
  );
}

// The browser lists passkeys in the field of the username (conditional mediation). It ends without a word, such as when the button asks.
async function offerInField(optionsJSON, send) {
  if (await browserSupportsWebAuthnAutofill()) {
    startAuthentication({ optionsJSON, useBrowserAutofill: true }).then(send, () => {});
  }
}

const isTypedIn = () =>
  [...document.querySelectorAll("input.input")].some(({ value, defaultValue }) => value !== defaultValue);

// Only what the server reads: some browsers add long statements about the device.
function answerOf({ id, rawId, type, response }) {
  const { clientDataJSON, authenticatorData, signature, userHandle, attestationObject, transports } =
    response;
  return attestationObject
    ? { id, rawId, type, response: { clientDataJSON, attestationObject, transports } }
    : { id, rawId, type, response: { clientDataJSON, authenticatorData, signature, userHandle } };
}
