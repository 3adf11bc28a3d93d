// Choosing lines to quote: a line number is the first line, with Shift another one is the last.
"use strict";
(() => {
  const form = document.querySelector("form[data-quoting]");
  const table = document.querySelector(".code table");
  if (!form || !table) return;
  const [first, last] = ["first", "last"].map((name) => form.elements.namedItem(name));
  form.querySelector("[data-hint]").hidden = false;

  function mark() {
    const [from, to] = [Number(first.value), Number(last.value || first.value)];
    for (const row of table.rows) {
      const number = Number(row.id.slice(1));
      row.classList.toggle("marked", from > 0 && number >= from && number <= to);
    }
  }

  table.addEventListener("click", (event) => {
    const link = event.target.closest(".ln a");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const number = Number(link.textContent);
    const start = event.shiftKey && first.value ? Number(first.value) : number;
    first.value = Math.min(start, number);
    last.value = Math.max(start, number);
    history.replaceState(null, "", `?lines=${first.value}-${last.value}#L${first.value}`);
    mark();
  });
  form.addEventListener("input", mark);
})();
