// Small comforts of the console. Every page works without this file.

// A list follows what is typed into its search box; without a script, Enter asks for it.
for (const form of document.querySelectorAll("form[data-live]")) {
  const found = document.getElementById(form.dataset.live);
  let timer;
  let latest;
  const look = async () => {
    latest?.abort();
    latest = new AbortController();
    const query = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = `${form.action}${query.length ? "?" : ""}${new URLSearchParams(query)}`;
    const answer = await fetch(address, { signal: latest.signal }).catch(() => null);
    // A redirect leads to the sign-in: the next click goes there, with its way back.
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById(found.id);
    if (!next) return;
    found.replaceChildren(...next.childNodes);
    history.replaceState(null, "", address);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
}

// One open menu at a time; Escape and a click elsewhere close it.
const openMenus = () => document.querySelectorAll(".menu[open], .app-person[open]");
document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Of a long list of boxes, those whose words hold what is typed: without accents, and in any order.
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
for (const input of document.querySelectorAll("[data-find-in]")) {
  const items = document.getElementById(input.dataset.findIn).querySelectorAll("[data-words]");
  const says = input.parentElement.querySelector("[data-found]");
  input.parentElement.hidden = false;
  input.addEventListener("input", () => {
    const words = folded(input.value).split(/\s+/);
    for (const item of items) item.hidden = !words.every((word) => folded(item.dataset.words).includes(word));
    says.textContent = says.dataset.found.replace(
      "{found}",
      [...items].filter((item) => !item.hidden).length,
    );
  });
  // Enter would send the form of which the list is a part.
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}
