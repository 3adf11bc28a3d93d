// Keys for the desk, and one mark in two windows: what only the other window changed is taken over, what only
// this one changed is kept, and where both did, the other text is shown beneath. Nothing is lost unseen.
"use strict";
(() => {
  const told = window.jobtwinWords;
  const form = document.querySelector("form[data-desk]");
  if (!form) return;
  const base = form.elements.namedItem("base_version");
  const isText = (target) => target.matches("textarea, select, input:not([type=radio])");
  const names = [...new Set([...form.elements].map((one) => one.name))].filter((one) =>
    /^(score|comment|reading)-/.test(one)
  );
  const now = (name) => form.elements.namedItem(name).value;
  let known = new Map(names.map((name) => [name, now(name)]));

  // Values.
  function put(name, value) {
    form.elements.namedItem(name).value = value;
    known.set(name, value);
    if (name.startsWith("score-")) form.dispatchEvent(new Event("jobtwin:scored"));
  }

  function showTheirs(name, text) {
    const field = form.elements.namedItem(name);
    const place = field.closest ? field : field[0].closest("fieldset");
    const note = document.createElement("p");
    note.className = "theirs prose";
    note.setAttribute("role", "status");
    note.textContent = told("Another window saved here: {text}", { text: text || told("nothing") });
    place.after(note);
  }

  // Takes over the newest fields; true where this window still has something of its own to save.
  function merge(answer) {
    let own = false;
    for (const name of names) {
      const theirs = answer.fields[name] ?? "";
      const [mine, before] = [now(name), known.get(name)];
      if (theirs === mine) known.set(name, theirs);
      else if (mine === before) put(name, theirs);
      else {
        own = true;
        if (theirs !== before) showTheirs(name, theirs);
        known.set(name, theirs);
      }
    }
    base.value = answer.version;
    return own;
  }

  form.addEventListener("jobtwin:conflict", (event) => {
    if (!event.detail.fields) return;
    merge(event.detail);
    event.preventDefault();
  });
  form.addEventListener("jobtwin:saved", (event) => {
    for (const name of names) known.set(name, event.detail.get(name) ?? "");
  });

  async function catchUp() {
    if (document.hidden) return;
    try {
      const response = await fetch(form.dataset.state, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const answer = await response.json();
      if (!answer.sealed && answer.version > Number(base.value)) merge(answer);
    } catch {
      // Offline: the next save asks again.
    }
  }
  document.addEventListener("visibilitychange", catchUp);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) catchUp();
  });

  // Keys.
  const dimensions = [...form.querySelectorAll("[data-dimension]")];
  const criteria = [...form.querySelectorAll("[data-criterion]")];

  function go(list, step) {
    const here = document.activeElement;
    const at = list.findIndex((one) => one.contains(here));
    const fresh = list.findIndex((one) => here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    let to = at + step;
    if (at < 0) to = step > 0 ? fresh : (fresh < 0 ? list.length : fresh) - 1;
    const target = list[to];
    if (!target) return;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  }

  function read(criterion, key) {
    const options = [...criterion.querySelectorAll("input[type=radio]")];
    if (!options.length || options[0].matches(":disabled")) return;
    const changes = options.filter((one) => ["met", "not_met", "unclear"].includes(one.value));
    const next = changes[(changes.findIndex((one) => one.checked) + 1) % changes.length];
    const wanted = { a: "accept", r: "reject", u: "" }[key];
    const chosen = key === "c" ? next : options.find((one) => one.value === wanted);
    chosen.checked = true;
    chosen.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function inCriterion(criterion, key) {
    if ("acru".includes(key)) read(criterion, key);
    else if (key === "f") criterion.querySelector(".quote a")?.click();
    else for (const one of criterion.querySelectorAll("details")) one.open = !one.open;
  }

  function write(comment) {
    comment?.focus();
    comment?.setSelectionRange(comment.value.length, comment.value.length);
  }

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const dimension = event.target.closest("[data-dimension]");
    if (event.key === "Escape" && isText(event.target)) return void dimension?.focus();
    if (isText(event.target)) return;
    const criterion = event.target.closest("[data-criterion]");
    if (event.key === "j" || event.key === "k") go(criteria, event.key === "j" ? 1 : -1);
    else if (event.key === "]" || event.key === "[") go(dimensions, event.key === "]" ? 1 : -1);
    else if (event.key === "s") dimension?.querySelector("select").focus();
    else if (event.key === "m") write(dimension?.querySelector("textarea"));
    else if (criterion && "acruof".includes(event.key)) inCriterion(criterion, event.key);
    else return;
    event.preventDefault();
  });

  form.addEventListener("input", (event) => {
    if (!event.target.matches("select[data-weight]")) return;
    const shown = form.querySelector(`[data-shown-score="${CSS.escape(event.target.name.slice(6))}"]`);
    if (shown) shown.textContent = event.target.value || "–";
  });
})();
