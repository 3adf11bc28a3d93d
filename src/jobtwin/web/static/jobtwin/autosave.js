// Saves a form two seconds after the last change and when a field is left. Text in the form is never
// replaced: what cannot be saved stays where it is, with a sentence that says so, and is tried again.
"use strict";
(() => {
  const told = window.jobtwinWords;
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = form.querySelector("[data-save-status]");
  const conflict = form.querySelector("[data-conflict]");
  const base = form.elements.namedItem("base_version");
  const PAUSE = 2000;
  const TIMEOUT = 20000;
  const LONGEST = 60000;
  let timer = 0;
  let running = null;
  let changed = false;
  let stopped = false;
  let wait = 0;
  let newest = null;

  const say = (words, failed) => {
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle("failed", Boolean(failed));
  };
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  };

  function save() {
    clearTimeout(timer);
    if (!changed || stopped || running) return running;
    changed = false;
    running = send().finally(() => {
      running = null;
      if (changed && !stopped) later(wait || PAUSE);
    });
    return running;
  }

  async function send() {
    const asked = performance.now();
    // Said late: a line that changes while a button is being pressed would move it from under the pointer.
    const body = new FormData(form);
    const saying = setTimeout(() => say(told("Saving …")), 600);
    let response, answer;
    try {
      response = await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(TIMEOUT),
      });
      answer = await response.json();
    } catch {
      return failed(told("The server was not reached"));
    } finally {
      clearTimeout(saying);
    }
    if (response.ok) return saved(answer, asked, body);
    if (answer.code === "draft_conflict") return inConflict(answer);
    if (answer.code === "mark_conflict" && merged(answer)) return undefined;
    if (response.status >= 500) return failed(told("The server had a fault"));
    changed = true;
    stopped = response.status === 409 || response.status === 403 || response.status === 404;
    say(told("Not saved. {error} Your text is still in this form.", { error: answer.error }), true);
    return undefined;
  }

  // A page that can bring both windows together says so; then the next save carries both.
  function merged(answer) {
    const event = new CustomEvent("jobtwin:conflict", { cancelable: true, detail: answer });
    if (form.dispatchEvent(event)) return false;
    changed = true;
    say(told("Another window saved meanwhile; its changes stand here too."));
    return true;
  }

  function saved(answer, asked, body) {
    wait = 0;
    form.dispatchEvent(new CustomEvent("jobtwin:saved", { detail: body }));
    if (base && answer.version) base.value = answer.version;
    if (answer.left_ms !== undefined) {
      const detail = { asked, left: answer.left_ms };
      document.dispatchEvent(new CustomEvent("jobtwin:left", { detail }));
    }
    say(answer.saved);
  }

  function failed(words) {
    changed = true;
    wait = Math.min(LONGEST, wait ? wait * 2 : 5000);
    const sentence =
      "Not saved yet. {what}; trying again in {seconds} seconds. Your text is still in this form.";
    say(told(sentence, { what: words, seconds: wait / 1000 }), true);
  }

  function inConflict(answer) {
    changed = stopped = true;
    newest = answer.version;
    conflict.hidden = false;
    say(told("Not saved. This draft was changed in another window."), true);
  }

  form.addEventListener("input", () => {
    changed = true;
    if (!wait) later(PAUSE);
  });
  form.addEventListener("focusout", () => {
    if (!wait) save();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save();
  });
  window.addEventListener("online", save);
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });

  // A save on its way would make the form's own version old: the form waits for it.
  form.addEventListener("submit", async (event) => {
    if (running) {
      event.preventDefault();
      await running;
      if (!stopped) form.requestSubmit(event.submitter);
      return;
    }
    clearTimeout(timer);
    changed = false;
    stopped = true;
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false;
  });

  form.querySelector("[data-keep-mine]")?.addEventListener("click", () => {
    base.value = newest;
    conflict.hidden = true;
    stopped = false;
    save();
  });
})();
