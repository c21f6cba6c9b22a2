// What the page does without this: links open, forms send, and a reload shows what is new. With it the page
// follows by itself, and what somebody is writing stays as it is while everything around it changes.
"use strict";

const FORM = /-form$/;
const NEWS_KEPT = 10;
const shown = new Map(); // region → its HTML as the server wrote it
const forms = new Set(); // columns whose forms the next rendering replaces, "*" for all
let focus = ""; // the column in which the next rendering puts the focus
let loading = 0;
let told = ""; // the version that the server told of last
let rendered = document.documentElement.dataset.version;

const regionsOf = (root) => new Map([...root.querySelectorAll("[data-region]")].map((each) => [each.dataset.region, each]));

for (const [name, region] of regionsOf(document)) shown.set(name, region.outerHTML);

function replaceRegion(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...old.querySelectorAll("details[open][data-key]")].map((each) => each.dataset.key);
  // Where to go is decided below; the browser would only complain that something else has the focus.
  for (const each of fresh.querySelectorAll("[autofocus]")) {
    each.removeAttribute("autofocus");
    each.dataset.focus = "";
  }
  const known = new Set([...old.querySelectorAll("li > a[id]")].map((each) => each.id));
  old.replaceWith(document.adoptNode(fresh));
  for (const each of fresh.querySelectorAll("details[data-key]")) each.open = open.includes(each.dataset.key);
  for (const each of fresh.querySelectorAll("li > a[id]")) if (!known.has(each.id)) each.classList.add("arrived");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

// A form that stays learns where things are by now, and the token of a sandbox that was started anew.
function updateForm(old, fresh) {
  const [from, to] = [fresh.querySelector("form"), old.querySelector("form")];
  if (!from || !to) return;
  to.setAttribute("action", from.getAttribute("action"));
  to.elements.token.value = from.elements.token.value;
  to.querySelector(".actions a").href = from.querySelector(".actions a").getAttribute("href");
}

// Renders the page's new text. Forms stay as they are, except those of the columns in `forms`.
function render(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const news = [];
  for (const [name, old] of regionsOf(document)) {
    const next = regionsOf(fresh).get(name);
    if (!next) continue;
    if (FORM.test(name) && !forms.has("*") && !forms.has(name.replace(FORM, ""))) {
      updateForm(old, next);
      continue;
    }
    const html = next.outerHTML;
    if (html === shown.get(name) && !FORM.test(name)) continue;
    shown.set(name, html);
    if (next.dataset.news && next.dataset.news !== old.dataset.news) news.push(next.dataset.news);
    replaceRegion(old, next);
  }
  rendered = fresh.documentElement.dataset.version;
  forms.clear();
  if (focus) focusIn(focus);
  focus = "";
  announce(news);
}

// A log: what two updates in a row tell is heard, one after the other.
function announce(news) {
  const log = document.getElementById("news");
  for (const each of news) {
    const line = document.createElement("p");
    line.textContent = each;
    log.append(line);
  }
  while (log.children.length > NEWS_KEPT) log.firstChild.remove();
}

// To what is new in the column: a form, a mail, a confirmation. What had the focus may be gone.
function focusIn(column) {
  const section = document.querySelector(`[data-column="${column}"]`);
  const target = section?.querySelector("[data-focus]");
  if (target) target.focus();
  else if (document.activeElement === document.body) section?.querySelector(".bar .button").focus();
}

// Of several that are on their way the last one renders, and does for the others what they were to do.
async function load(column = "") {
  if (column) forms.add(column);
  const mine = ++loading;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const text = await response.text();
    if (mine === loading && response.ok) render(text);
  } catch {
    offline(true);
  }
}

function offline(is) {
  document.getElementById("offline").hidden = !is;
}

function isUntouched(column) {
  const text = document.getElementById(`${column}-text`);
  return !text || text.value === text.defaultValue;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/?'], a[href='/']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  const column = link.closest("[data-column]")?.dataset.column ?? "";
  if (!isUntouched(column) && !confirm("Throw away what you have written?")) return;
  history.pushState(null, "", link.href);
  focus = column;
  load(column);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const column = form.closest("[data-column]").dataset.column;
  const problem = form.querySelector(".problem");
  try {
    const response = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form) });
    const text = await response.text();
    if (response.ok) {
      loading++; // what is on its way is of the place before
      history.pushState(null, "", response.url);
      forms.add(column);
      focus = column;
      render(text);
      if (told && told !== rendered) load();
    } else {
      // The form stays, with the files that were chosen.
      const html = response.headers.get("content-type")?.startsWith("text/html");
      const fresh = html && new DOMParser().parseFromString(text, "text/html");
      problem.textContent = html ? fresh.querySelector(`[data-region="${column}-form"] .problem`)?.textContent : text;
    }
  } catch {
    problem.textContent = "The sandbox does not answer. Is it still running? Nothing was sent.";
  } finally {
    form.ariaBusy = "false";
  }
});

addEventListener("popstate", () => load("*"));

// A browser allows six connections to one server: tabs that nobody sees leave theirs to the others.
let stream = null;

function follow() {
  stream?.close();
  stream = null;
  if (document.hidden) return;
  stream = new EventSource("/changes");
  stream.onopen = () => offline(false);
  stream.onerror = () => offline(true);
  stream.onmessage = (event) => {
    told = event.data;
    if (told !== rendered) load();
  };
}

document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", () => stream?.close());
follow();
