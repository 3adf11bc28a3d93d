// What scripts say, in the language of the page: English is the key, and what is said where nothing else is known.
"use strict";
window.jobtwinWords = (() => {
  const known = JSON.parse(document.getElementById("words")?.textContent || "{}");
  return (english, values = {}) =>
    (known[english] || english).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
})();
