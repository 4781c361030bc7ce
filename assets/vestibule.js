// Small comforts. Every page works without this file: what needs it is hidden until it runs.
const all = (selector) => document.querySelectorAll(selector);

// Browsers differ on `autofocus` for what is not a field: the summary of errors gets the focus either way.
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

// In the reader's own time zone; without a script the server's zone is named.
for (const time of all("[data-local-time]")) {
  const at = new Date(time.dateTime);
  time.textContent = at.toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    weekday: at.toDateString() === new Date().toDateString() ? undefined : "long",
  });
}

// Counts by the server's distance between now and then, never by the clock of this machine.
for (const place of all("[data-countdown-until]")) {
  const { countdownUntil, countdownNow, countdownReload } = place.dataset;
  const end = performance.now() + Date.parse(countdownUntil) - Date.parse(countdownNow);
  const waiting = all("[data-after-countdown]");
  const wait = (on) => waiting.forEach((button) => (button.disabled = on));
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

// An answer on its way to the application: it is sent at once, and the button is for browsers without scripts.
document.querySelector("form[data-send]")?.submit();
