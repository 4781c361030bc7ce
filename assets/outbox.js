// Parts marked live follow the server. Children with an id stay the same elements, so the focus stays too.
setInterval(refresh, 2000);

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh) follow(part, fresh);
  }
}

function follow(part, fresh) {
  if (!fresh.children.length) {
    if (part.textContent !== fresh.textContent) part.textContent = fresh.textContent;
    return;
  }
  const known = new Map([...part.children].map((child) => [child.id, child]));
  const wanted = [...fresh.children].map((child) => known.get(child.id) ?? child);
  for (const child of known.values()) if (!wanted.includes(child)) child.remove();
  wanted.forEach(
    (child, at) => part.children[at] !== child && part.insertBefore(child, part.children[at] ?? null),
  );
}
