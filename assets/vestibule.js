// Small comforts. Every page works without this file: what needs it is hidden until it runs.
const all = (selector) => document.querySelectorAll(selector);

// Browsers differ on `autofocus`, and a page may have a first choice of its own: where an error is said gets the focus either way.
document.querySelector("[data-focus]")?.focus();

for (const button of all("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const reveal = (on) => {
    input.type = on ? "text" : "password";
    button.setAttribute("aria-pressed", String(on));
  };
  button.hidden = false;
  button.addEventListener("click", () => reveal(input.type === "password"));
  // Sent as a password field, so that the browser does not remember it as ordinary text.
  input.form.addEventListener("submit", () => reveal(false));
}

for (const hint of all("[data-caps-lock]")) {
  const look = (event) => (hint.hidden = !event.getModifierState?.("CapsLock"));
  const input = document.getElementById(hint.dataset.capsLock);
  input.addEventListener("keydown", look);
  input.addEventListener("keyup", look);
  input.addEventListener("blur", () => (hint.hidden = true));
}

// How far a new password is, by its length and by how many characters do not follow from those before. Encouragement
// only: it knows no word list, and the server judges.
for (const place of all("[data-strength]")) {
  const input = document.getElementById(place.dataset.strength);
  const [meter, says] = [place.querySelector("meter"), place.querySelector("[role=status]")];
  const words = [...place.querySelector("[data-strength-words]").children].map((word) => word.textContent);
  input.addEventListener("input", () => {
    const characters = [...input.value];
    place.hidden = characters.length === 0;
    const level = strength(characters, Number(place.dataset.minimum));
    meter.value = level;
    if (says.textContent !== words[level - 1]) says.textContent = words[level - 1];
  });
}

function strength(characters, minimum) {
  if (characters.length < minimum) return 1;
  const codes = characters.map((character) => character.codePointAt(0));
  const surprising = codes.filter((code, at) => at === 0 || Math.abs(code - codes[at - 1]) > 1).length;
  const score = Math.min(surprising, 2 * new Set(codes).size);
  return score < minimum ? 2 : score < minimum * 1.5 ? 3 : 4;
}

// The same button twice sends once; another button (Cancel) still works. A page that stays, because the answer
// opened a program or was stopped, can be sent again after a while.
const sent = new Map();
const release = (button) => {
  clearTimeout(sent.get(button));
  sent.delete(button);
  button.removeAttribute("aria-busy");
};
document.addEventListener("submit", (event) => {
  const button = event.submitter ?? event.target;
  if (sent.has(button)) return event.preventDefault();
  sent.set(button, setTimeout(release, 10_000, button));
  button.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => [...sent.keys()].forEach(release));

// A code sends itself once it is whole, as its button would; so the second press of that button sends nothing. What was
// typed or pasted wrong stays for its owner to mend, and what was sent once is not sent again.
for (const box of all("[data-digits]")) {
  const tried = new Set();
  box.addEventListener("input", (event) => {
    const digits = box.value.replace(/[\s\p{P}\p{Cf}]/gu, "");
    const isWhole = /^\d+$/.test(digits) && digits.length === Number(box.dataset.digits);
    if (!isWhole || event.isComposing || tried.has(digits) || !box.form.checkValidity()) return;
    tried.add(digits);
    box.form.requestSubmit(box.form.querySelector(".primary"));
  });
}

// What was typed and not taken is given back: by the back button, after a page that refused it, and after a sign-in that came between. A
// browser gives back only what was never sent, and nothing to a box with `autocomplete="off"`, which keeps the names of others out of its
// suggestions. So this entry of the history holds it, for the same user; and this tab knows what was sent last and whether it was refused.
const inTab = (changes = {}) => {
  try {
    const now = { left: {}, refused: [], ...JSON.parse(sessionStorage.typed ?? "{}"), ...changes };
    sessionStorage.typed = JSON.stringify(now);
    return now;
  } catch {
    return { left: {}, refused: [] }; // The browser stores nothing.
  }
};
const inEntry = (changes) => history.replaceState({ ...history.state, ...changes }, "");
const { answers } = document.documentElement.dataset;
const came = performance.getEntriesByType("navigation")[0];
const { last, refused, left, isComingBack } = inTab();
if (last) {
  const isRefused = answers === "form" || answers === "error";
  inTab({ last: undefined, refused: isRefused ? [...refused, last.sent] : [] });
  if (answers === "error") inTab({ left: { ...left, [last.place]: last } });
}
// The answer to a form has no address that could be asked for again, and the way back to it would end on a page of the browser. As the
// page of that form it has one. What is shown once stays as it is until it is left: to reload it says so.
if (answers === "form") inEntry(last && { [last.place]: { owner: last.owner, texts: last.texts } });
if (answers === "once" || answers === "error") addEventListener("pagehide", () => inEntry());
const isSignIn = location.pathname.startsWith("/interaction/");
const isLedToSignIn = isSignIn && came?.type === "back_forward" && came.redirectCount > 0;
if (isLedToSignIn || answers === "error") inTab({ isComingBack: true });
else if (!isSignIn) inTab({ isComingBack: false });

for (const form of all("form[method=post]")) {
  const owner = form.elements["_owner"]?.value.split(".")[0] ?? "";
  // A form without a user asks for codes in boxes that say "off".
  const isText = ({ type, hidden, autocomplete, dataset }) =>
    /^(text|email|tel|url|date|textarea)$/.test(type) &&
    !(hidden || "digits" in dataset || (owner === "" && autocomplete === "off"));
  const isTick = ({ type }) => owner !== "" && /^(checkbox|radio)$/.test(type);
  const isList = ({ type }) => owner !== "" && type === "select-one";
  const boxes = [...form.elements].filter((box) => isText(box) || isTick(box) || isList(box));
  if (boxes.length === 0) continue;
  const keyOf = (box) => (isTick(box) ? `${box.name} ${box.value}` : box.name);
  const valueOf = (box) => (isTick(box) ? box.checked : box.value);
  const firstOf = (box) => {
    if (isList(box)) return ([...box.options].find((one) => one.defaultSelected) ?? box.options[0])?.value;
    return isTick(box) ? box.defaultChecked : box.defaultValue;
  };
  const place = `${form.action} ${boxes.map(keyOf).sort()}`;
  const own = history.state?.[place];
  const kept = own ? (!own.sent || refused.includes(own.sent)) && own : isComingBack && left[place];
  if (answers !== "form" && kept && kept.owner === owner) {
    for (const box of boxes) box[isTick(box) ? "checked" : "value"] = kept.texts[keyOf(box)];
  }
  const texts = () => Object.fromEntries(boxes.map((box) => [keyOf(box), valueOf(box)]));
  const isAnswered = answers === "form" && last?.place === place;
  const look = () => {
    const isTyped = isAnswered || boxes.some((box) => valueOf(box) !== firstOf(box));
    const typed = isTyped ? { owner, texts: texts() } : undefined;
    inEntry({ [place]: typed });
    inTab({ left: { ...inTab().left, [place]: typed } });
  };
  form.addEventListener("change", look);
  addEventListener("pagehide", () => sent.size === 0 && look());
  form.addEventListener("submit", () => {
    const typed = { owner, texts: texts(), sent: Date.now() };
    inEntry({ [place]: typed });
    inTab({ last: { ...typed, place }, left: { ...inTab().left, [place]: undefined } });
  });
}

// The clipboard is absent where the page is neither https nor on this machine.
document.documentElement.toggleAttribute("data-can-copy", Boolean(navigator.clipboard));
for (const button of all("[data-print]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) return print();
  await navigator.clipboard.writeText(button.dataset.copy);
  const says = button.textContent;
  if (says === button.dataset.copied) return;
  button.textContent = button.nextElementSibling.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = says;
    button.nextElementSibling.textContent = "";
  }, 2000);
});

// A file that is too long is told before it is sent; the server refuses it either way.
for (const input of all("[data-most-bytes]")) {
  input.addEventListener("change", () => {
    const isTooLong = [...input.files].some(({ size }) => size > Number(input.dataset.mostBytes));
    input.setCustomValidity(isTooLong ? input.dataset.tooMany : "");
    input.form.noValidate = !isTooLong;
    input.reportValidity();
  });
}

// Something is going on that the page shows: look again, as the link does without a script.
for (const place of all("[data-look-again]")) {
  place.hidden = true;
  setTimeout(() => location.replace(place.querySelector("a").href), 2000);
}

// The server shows times in the zone that this browser names. Only the first page that a browser opens does not know it yet: its times
// are put right here, and name their zone where no script runs.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const [prefix, secure] = location.protocol.startsWith("https") ? ["__Host-", ";secure"] : ["", ""];
if (zone) document.cookie = `${prefix}vestibule-zone=${zone};path=/;max-age=34560000;samesite=lax${secure}`;
const isGuessed = document.documentElement.dataset.zone === "guessed";
if (isGuessed) for (const time of all("[data-local-time]")) time.textContent = localTime(time.dateTime);

function localTime(iso) {
  const at = new Date(iso);
  return at.toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    weekday: at.toDateString() === new Date().toDateString() ? undefined : "long",
  });
}

// How a text message went: asked for less and less often, until that is known or its code is dead.
for (const place of all("[data-status-at]")) {
  const { statusAt, statusTime, statusHref, statusUntil, statusNow } = place.dataset;
  const end = performance.now() + Date.parse(statusUntil) - Date.parse(statusNow);
  const tell = ({ text, time, at }) => {
    const told = isGuessed ? text.replace(time, localTime(at)) : text;
    if (told !== place.textContent) place.textContent = told; // said aloud only when it is new
  };
  const look = async (wait) => {
    if (performance.now() > end) return;
    const answer = document.hidden ? null : await fetch(statusHref).catch(() => null);
    if (answer && answer.status !== 200) return;
    const status = await answer?.json();
    if (status) tell(status);
    if (!status?.isFinal) setTimeout(look, wait, Math.min(wait * 1.2, 10_000));
  };
  tell({ text: place.textContent, time: statusTime, at: statusAt });
  if (statusHref) setTimeout(look, 1500, 2000);
}

// Counts by the server's distance between now and then, never by the clock of this machine.
for (const place of all("[data-countdown-until]")) {
  const { countdownUntil, countdownNow, countdownReload } = place.dataset;
  const end = performance.now() + Date.parse(countdownUntil) - Date.parse(countdownNow);
  const wait = (on) => {
    for (const button of all("[data-after-countdown]")) button.disabled = on;
    for (const hint of all("[data-while-waiting]")) hint.hidden = !on;
  };
  let counted = false; // a page that opens at zero must not ask for itself again and again
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left > 0) {
      counted = true;
      place.textContent = clock(left);
      return;
    }
    clearInterval(timer);
    place.textContent = "";
    wait(false);
    if (counted && countdownReload !== undefined) location.replace(location.pathname + location.search);
  };
  const timer = setInterval(tick, 1000);
  wait(true);
  tick();
}

function clock(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

// A phone cannot scan its own screen: there the other way is open from the start.
for (const part of all("[data-open-on-touch]")) part.open = matchMedia("(pointer: coarse)").matches;

// Shows a colour while it is typed, and how well it reads, as the server will judge it. Half a colour changes nothing.
for (const input of all("[data-preview-colour]")) {
  const samples = document.querySelector(".samples");
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  input.addEventListener("input", () => {
    const colour = input.value.trim();
    const isColour = /^#[0-9a-f]{6}$/i.test(colour);
    if (!isColour && colour !== "") return;
    const { textColour, ...ratios } = isColour ? contrastsOf(colour) : { textColour: "initial" };
    // Without a colour each sample has its own again.
    samples.style.setProperty("--office-accent", colour || "initial");
    samples.style.setProperty("--office-accent-text", textColour);
    for (const place of all("[data-contrast]")) {
      place.hidden = !isColour;
      place.textContent = place.dataset.contrast.replace(/{(\w+)}/g, (_, name) =>
        numbers.format(ratios[name] ?? 0),
      );
    }
    for (const place of all("[data-hard-on]")) place.hidden = !(ratios[place.dataset.hardOn] < 3);
  });
}

function contrastsOf(colour) {
  const own = luminance(colour);
  const to = (other) => (Math.max(own, other) + 0.05) / (Math.min(own, other) + 0.05);
  const textColour = to(1) >= to(0) ? "#fff" : "#000";
  return { textColour, text: Math.max(to(1), to(0)), light: to(1), dark: to(luminance("#171e1c")) };
}

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const channel = parseInt(colour.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// An answer on its way to the application: it is sent at once, and the button is for browsers without scripts.
document.querySelector("form[data-send]")?.submit();
