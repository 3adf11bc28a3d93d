"""The style of a report: one sheet, light and dark, fit for paper. Its hash stands in the page's policy."""

import base64
import hashlib

_BARS = "".join(f".wide{n}{{width:{5 * n}%}}" for n in range(21))

SHEET = (
    """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d5dae0;--page:#fff;--panel:#f6f8fa;
--met:#116329;--not:#a40e26;--open:#7d4e00;--sure:#1a7f37;--maybe:#b6d7c0}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa5b1;--line:#30363d;--page:#0d1117;
--panel:#161b22;--met:#56d364;--not:#ff7b72;--open:#e3b341;--sure:#3fb950;--maybe:#1f4d2b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;background:var(--page);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.25rem;margin:2.5rem 0 .25rem;border-top:1px solid var(--line);padding-top:1rem}
h3{font-size:1rem;margin:0}
code,pre,figcaption{font-family:ui-monospace,monospace;font-size:.85rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}
dt{color:var(--soft)}dd{margin:0}
@media (max-width:30rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
.soft{color:var(--soft);margin:.15rem 0}
.bar{background:var(--panel);border:1px solid var(--line);height:.9rem;border-radius:.25rem;
overflow:hidden;display:flex;max-width:30rem;margin:.4rem 0}
.sure{background:var(--sure)}.maybe{background:var(--maybe)}
ol.criteria{list-style:none;margin:1rem 0;padding:0}
ol.criteria>li{border-inline-start:.25rem solid var(--line);padding:.25rem 0 .25rem .8rem;margin:0 0 1rem}
li.met{border-color:var(--met)!important}li.not_met{border-color:var(--not)!important}
li.unclear{border-color:var(--open)!important}
.word{font-weight:700}
.met .word{color:var(--met)}.not_met .word{color:var(--not)}.unclear .word{color:var(--open)}
figure{margin:.5rem 0 0}figcaption{color:var(--soft)}
pre{margin:.15rem 0 0;padding:.5rem .7rem;background:var(--panel);border:1px solid var(--line);
border-radius:.25rem;white-space:pre-wrap}
@media print{body{max-width:none;padding:0}h2,li,figure{break-inside:avoid}.bar{print-color-adjust:exact}}
"""
    + _BARS
    + "\n"
)

POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(SHEET.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)
