// The countdown: what the server says is left, minus what has passed since. The clock of this machine is
// never read; performance.now() only measures how long ago the server was asked.
"use strict";
(() => {
  const told = window.jobtwinWords;
  const clock = document.querySelector("[data-left-ms]");
  if (!clock) return;
  const shown = clock.querySelector("[data-left]");
  const announced = clock.querySelector("[data-announce]");
  const SPARSE = [86400, 3600, 900, 300, 60, 0];
  // Counted from before the page was asked for, so that the countdown errs towards too little time.
  let end = Number(clock.dataset.leftMs);
  const over = clock.dataset.over || told("The time is over.");
  let step = null;

  const unit = { style: "unit", unit: "day", unitDisplay: "long" };
  const days = new Intl.NumberFormat(document.documentElement.lang, unit);
  const words = (seconds) => {
    const whole = Math.floor(seconds / 86400);
    const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
    const time = parts.map((part) => String(part).padStart(2, "0")).join(":");
    return whole ? `${days.format(whole)} ${time}` : time;
  };
  const left = (seconds) => (seconds ? told("{time} left", { time: words(seconds) }) : over);

  function tick() {
    const seconds = Math.max(0, Math.floor((end - performance.now()) / 1000));
    shown.textContent = left(seconds);
    clock.classList.toggle("short", seconds < 3600);
    const now = SPARSE.findLast((limit) => seconds <= limit);
    if (step !== null && now !== step) {
      announced.textContent = left(seconds);
    }
    step = now;
  }

  async function ask() {
    const asked = performance.now();
    try {
      const response = await fetch(clock.dataset.clock, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      end = asked + (await response.json()).left_ms;
      tick();
    } catch {
      // Offline: the countdown goes on from what is known, and asks again at the next chance.
    }
  }

  document.addEventListener("jobtwin:left", (event) => {
    end = event.detail.asked + event.detail.left;
    tick();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) ask();
  });
  window.addEventListener("online", ask);
  setInterval(tick, 1000);
  tick();
})();
