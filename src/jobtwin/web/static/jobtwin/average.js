// The running weighted average on the desk, in whole numbers: weights in 1/10000, scores in 1/100.
"use strict";
(() => {
  const told = window.jobtwinWords;
  const form = document.querySelector("form[data-average]");
  if (!form) return;
  const value = form.querySelector("[data-average-value]");
  const note = form.querySelector("[data-average-note]");
  const scores = [...form.querySelectorAll("select[data-weight]")];

  // Exact once every dimension has a score: a rounded 0.7495 must not look like a pass at 0.75.
  function words(points, weights) {
    if (weights !== 10000) return (points / weights / 100).toFixed(3);
    const digits = String(points).padStart(7, "0");
    return `${digits.slice(0, -6)}.${digits.slice(-6).replace(/0{1,4}$/, "")}`;
  }

  function show() {
    const scored = scores.filter((one) => one.value !== "");
    const weight = (one) => Math.round(Number(one.dataset.weight) * 10000);
    const weights = scored.reduce((sum, one) => sum + weight(one), 0);
    const points = scored.reduce((sum, one) => sum + weight(one) * Math.round(Number(one.value) * 100), 0);
    value.textContent = weights ? words(points, weights) : "–";
    note.textContent = told("{number} of {all} dimensions scored", { number: scored.length, all: scores.length });
  }

  form.addEventListener("jobtwin:scored", show);
  form.addEventListener("input", (event) => {
    if (event.target.matches("select[data-weight]")) show();
  });
})();
