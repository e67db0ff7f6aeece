"""How the report looks: its colours, and its style sheet."""

from __future__ import annotations

# name -> (on a light ground, on a dark one). Text colours hold 4.5 to 1 on ground and card.
COLORS = {
    "ground": ("#ffffff", "#0f1419"),
    "card": ("#f4f6f8", "#1a212a"),
    "line": ("#808993", "#6e7985"),
    "text": ("#1b1f24", "#e6edf3"),
    "faint": ("#57606a", "#a3b0bd"),
    "good": ("#17692e", "#56d17c"),
    "warn": ("#7a4d00", "#e3b341"),
    "bad": ("#a8201a", "#ff9a91"),
    "gold": ("#9a6700", "#e3b341"),
}


def _variables(which: int) -> str:
    return " ".join(f"--{name}: {pair[which]};" for name, pair in COLORS.items())


STYLE = f"""\
:root {{ color-scheme: light dark; {_variables(0)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(1)} }} }}
@media print {{ :root {{ color-scheme: light; {_variables(0)} }} }}
* {{ box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
body {{ margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 3rem; background: var(--ground);
  color: var(--text); line-height: 1.5; overflow-wrap: anywhere;
  font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }}
h1 {{ font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem; }}
h2 {{ font-size: 1.25rem; margin: 2.2rem 0 .7rem; padding-bottom: .25rem;
  border-bottom: 1px solid var(--line); break-after: avoid; }}
h3 {{ font-size: 1rem; margin: 1.3rem 0 .4rem; break-after: avoid; }}
p {{ margin: .3rem 0; }}
ul {{ list-style: none; margin: 0; padding: 0; }}
.faint {{ color: var(--faint); }}
.good {{ color: var(--good); }} .warn {{ color: var(--warn); }} .bad {{ color: var(--bad); }}
.note {{ border-left: 4px solid var(--warn); padding: .2rem .8rem; background: var(--card); }}
.figures {{ display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 1rem 0 0; }}
.figures b {{ font-size: 1.4rem; display: block; line-height: 1.2; }}
.wall {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
  gap: .8rem; }}
.wall li, .cards li {{ background: var(--card); border-radius: .6rem; padding: .8rem;
  break-inside: avoid; }}
.wall li {{ text-align: center; }}
.wall svg {{ width: 6rem; height: 6rem; display: block; margin: 0 auto .4rem; }}
.wall strong {{ display: block; line-height: 1.3; }}
.cards {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr));
  gap: .8rem; }}
.cards .top {{ display: flex; justify-content: space-between; gap: 1rem; }}
.cards svg {{ display: block; width: 100%; height: 8px; margin: .4rem 0; }}
.cards p {{ font-size: .9rem; }}
.seal, .bar {{ fill: var(--gold); }}
.rim {{ fill: none; stroke: var(--card); stroke-width: 2; }}
.star {{ fill: var(--card); }}
.ribbon {{ fill: var(--bad); }}
.ring, .arc {{ fill: none; stroke: var(--line); stroke-width: 9; opacity: .45; }}
.arc {{ stroke: var(--gold); opacity: 1; }}
.count {{ font-size: 26px; font-weight: 600; fill: var(--text); }}
.track {{ fill: var(--line); opacity: .35; }}
rect.good, circle.good {{ fill: var(--good); }}
rect.warn {{ fill: var(--warn); }} rect.bad {{ fill: var(--bad); }}
path.bad {{ stroke: var(--bad); stroke-width: 2.5; fill: none; }}
circle.open {{ stroke: var(--warn); stroke-width: 2; fill: none; }}
.lines li {{ display: grid; grid-template-columns: 13rem 1fr; align-items: center;
  break-inside: avoid; }}
.lines svg {{ display: block; width: 100%; height: 26px; overflow: visible; }}
.lines line {{ stroke: var(--line); opacity: .5; }}
.lines svg svg {{ width: auto; height: auto; }}
.axis {{ display: flex; justify-content: space-between; margin-left: 13rem; font-size: .85rem; }}
.legend {{ display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; font-size: .9rem; margin: .6rem 0; }}
.losses li {{ background: var(--card); border-radius: .6rem; padding: .8rem; margin-bottom: .8rem;
  break-inside: avoid; }}
.losses .top {{ display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }}
.plot {{ display: grid; grid-template-columns: auto 1fr; gap: 0 .5rem; margin: .6rem 0; }}
.plot p {{ grid-row: 1; display: flex; flex-direction: column; justify-content: space-between;
  text-align: right; font-size: .8rem; line-height: 1; margin: 0; }}
.plot > svg {{ display: block; width: 100%; height: 9rem; overflow: visible;
  border: 1px solid var(--line); border-width: 0 0 1px 1px; }}
.plot .steps {{ grid-area: 2 / 2; flex-direction: row; margin-top: .4rem; }}
.yours, .reference {{ fill: none; stroke: var(--text); stroke-width: 2.5;
  vector-effect: non-scaling-stroke; stroke-linejoin: round; }}
.reference {{ stroke: var(--good); stroke-width: 2; stroke-dasharray: 6 4; }}
circle.yours {{ fill: var(--text); stroke: none; }}
circle.reference {{ fill: var(--good); stroke: none; }}
line.parting {{ stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 2 3; }}
.legend svg {{ width: 16px; height: 16px; vertical-align: -3px; margin-right: .3rem; }}
.legend svg.long {{ width: 32px; }}
table {{ border-collapse: collapse; width: 100%; font-size: .95rem; }}
th, td {{ text-align: left; padding: .3rem .5rem .3rem 0; vertical-align: top; }}
tbody td, tbody th {{ border-top: 1px solid color-mix(in srgb, var(--line) 35%, transparent); }}
tbody th {{ font-weight: 600; }} th.group {{ padding-top: 1rem; color: var(--faint); }}
td.number, th.number {{ text-align: right; }} .whole {{ white-space: nowrap; }}
table.four {{ table-layout: fixed; }} .four th:first-child {{ width: 31%; }}
.four th:nth-child(2) {{ width: 26%; }} .four th:nth-child(3) {{ width: 23%; }}
table.two {{ width: auto; min-width: 16rem; }} .title {{ font-weight: 400; color: var(--faint); }}
tr {{ break-inside: avoid; }}
footer {{ margin-top: 2.5rem; font-size: .85rem; color: var(--faint); }}
@media (max-width: 40rem) {{
  .lines li {{ grid-template-columns: 1fr; margin-bottom: .4rem; }}
  table {{ font-size: .9rem; }} .axis {{ margin-left: 0; }} .wide {{ display: none; }}
}}
@media print {{ body {{ padding: 0; max-width: none; font-size: 10.5pt; }} }}
"""
