/** How the page of the HTML reporter looks, by day and by night. */
export const style = `
:root { color-scheme: light dark; --good: #18794e; --bad: #c62a2f; --line: #8884; --bar: #4a7dc9; }
@media (prefers-color-scheme: dark) { :root { --good: #4cc38a; --bad: #ff6369; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1.good { color: var(--good); }
h1.bad, .bad, h3, .missed { color: var(--bad); }
section { border: 1px solid var(--line); border-radius: 6px; padding: 0 1rem; margin: 1rem 0; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .1rem .8rem .1rem 0; font-weight: normal; border-bottom: 1px solid var(--line); }
caption { text-align: left; padding: .3rem 0; }
code, pre { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; }
.histogram { width: 100%; }
.histogram .bar { width: 70%; }
.histogram .bar span { display: block; height: .9rem; background: var(--bar); min-width: 1px; margin-top: .25rem; }
`;
