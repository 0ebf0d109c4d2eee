// Everything here only helps: the page is whole without it.
"use strict";
(() => {
  const words = document.body.dataset;
  const root = document.documentElement;
  const tools = document.getElementById("tools");
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };

  // ---- light or dark
  const themed = (theme) => { if (theme) root.dataset.theme = theme; };
  themed(kept("kpistream.theme"));
  const element = (name, attributes, text) => {
    const made = Object.assign(document.createElement(name), attributes);
    if (text) made.textContent = text;
    return made;
  };
  if (tools) {
    const button = element("button", { type: "button", title: words.theme }, "◐");
    button.setAttribute("aria-label", words.theme);
    button.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      themed(dark ? "light" : "dark");
      keep("kpistream.theme", root.dataset.theme);
    });
    tools.append(button);
  }

  // ---- named views: an address each
  const views = () => { try { return JSON.parse(kept("kpistream.views")) || {}; } catch { return {}; } };
  const showViews = () => {
    if (!tools) return;
    tools.querySelectorAll(".views").forEach((old) => old.remove());
    const all = views();
    const select = element("select", { className: "views" });
    select.setAttribute("aria-label", words.views);
    select.append(element("option", { value: "" }, words.views));
    for (const name of Object.keys(all).sort()) select.append(element("option", { value: all[name] }, name));
    select.addEventListener("change", () => { if (select.value) location.search = select.value; });
    const save = element("button", { type: "button", className: "views" }, words.save);
    save.addEventListener("click", () => {
      const name = prompt(words.name);
      if (!name) return;
      keep("kpistream.views", JSON.stringify({ ...views(), [name]: location.search || "?" }));
      showViews();
    });
    if (Object.keys(all).length) tools.append(select);
    tools.append(save);
    const here = Object.keys(all).find((name) => all[name] === location.search);
    if (!here) return;
    select.value = location.search;
    const remove = element("button", { type: "button", className: "views" }, words.remove);
    remove.addEventListener("click", () => {
      const rest = views();
      delete rest[here];
      keep("kpistream.views", JSON.stringify(rest));
      showViews();
    });
    tools.append(remove);
  };
  showViews();

  // ---- what is behind a figure opens beside the table
  const parsed = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  };
  const dialog = element("dialog", {});
  document.body.append(dialog);
  const linked = (href) => [...document.querySelectorAll("a")].find((a) => a.getAttribute("href") === href && !dialog.contains(a));
  let opener = "";  // a renewed table has another link at the same place
  dialog.addEventListener("close", () => linked(opener)?.focus());
  const open = async (address) => {
    const { page } = await parsed(address);
    const close = element("button", { type: "button" }, words.close);
    close.addEventListener("click", () => dialog.close());
    const title = element("h2", {}, page.title);
    dialog.setAttribute("aria-label", page.title);
    dialog.replaceChildren(close, title, page.getElementById("detail"));
    if (!dialog.open) dialog.showModal();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="cell?"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!dialog.contains(link)) opener = link.getAttribute("href");
    open(link.href).catch(() => { location.href = link.href; });
  });

  // ---- decisions on advice
  const decidable = () => document.querySelectorAll(".decide").forEach((each) => { each.hidden = false; });
  decidable();
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".decide button");
    if (!button) return;
    const card = button.closest(".decide").dataset.card;
    const portal = document.getElementById("live").dataset.portal;
    const address = `api/v1/advice/${card.split("/").map(encodeURIComponent).join("/")}?portal=${encodeURIComponent(portal)}`;
    button.disabled = true;
    try {
      const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ status: button.dataset.status }) });
      if (!answer.ok) throw new Error(String(answer.status));
      await renew();
    } catch {
      button.disabled = false;
      button.after(element("small", { role: "alert" }, ` ${words.failed}`));
    }
  });

  // ---- live: an event says that figures have moved; the page is asked for again
  const live = document.getElementById("live");
  if (!live) return;
  let tag = "";
  let asking = null;
  let released = Promise.resolve();  // what is pressed stays until the click has been heard
  document.addEventListener("pointerdown", () => {
    released = new Promise((done) => ["pointerup", "pointercancel"].forEach((end) => document.addEventListener(end, () => setTimeout(done), { once: true })));
  });
  const texts = (table) => new Map([...table.querySelectorAll("td.figure a")].map((a) => [a.getAttribute("href"), a.textContent]));
  const renew = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", ...(tag ? { "If-None-Match": tag } : {}) }, cache: "no-store" });
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    tag = answer.headers.get("ETag") || "";
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    await released;
    const before = texts(live);
    const focused = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const opened = [...live.querySelectorAll("details")].map((each) => each.open);
    const scrolled = [...live.querySelectorAll(".wide")].map((each) => each.scrollLeft);
    live.replaceChildren(...fresh.childNodes);
    decidable();
    live.querySelectorAll("details").forEach((each, i) => { each.open = opened[i] ?? false; });
    live.querySelectorAll(".wide").forEach((each, i) => { each.scrollLeft = scrolled[i] ?? 0; });
    live.querySelectorAll("td.figure a").forEach((a) => {
      const old = before.get(a.getAttribute("href"));
      if (old !== undefined && old !== a.textContent) a.parentElement.classList.add("fresh");
    });
    if (focused) linked(focused)?.focus({ preventScroll: true });
    say(words.live);
  };
  const renewSoon = () => { asking ??= renew().catch(() => say(words.lost)).finally(() => { asking = null; }); };
  const say = (text) => { const state = document.getElementById("state"); if (state) state.textContent = `· ${text}`; };
  const listen = () => {
    const source = new EventSource("api/v1/stream");
    source.addEventListener("figures", renewSoon);
    source.addEventListener("open", () => say(words.live));
    source.addEventListener("error", () => {
      say(words.lost);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => { renewSoon(); listen(); }, 15000);  // full, or closed for good: ask now and then
    });
  };
  if (live.dataset.live === "1") listen();
})();
