/**
 * The script of the page, as text: a tip for marks that are pointed at or reached by keyboard, arrow keys between marks, light or dark, the list of
 * workloads searched and ordered, the current part in the contents, and folds open in print. It reads the page and makes no markup: what it
 * shows is set as text. Without it nothing is missing but this comfort.
 */
export const SCRIPT = `'use strict';
(() => {
const $ = (selector) => document.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const tip = $('#tip');
const show = (mark) => {
  tip.textContent = mark.getAttribute('aria-label');
  tip.hidden = false;
  const box = mark.getBoundingClientRect();
  const x = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
  const above = box.top - tip.offsetHeight - 8;
  tip.style.left = x + 'px';
  tip.style.top = (above > 4 ? above : box.bottom + 8) + 'px';
};
const hide = () => { tip.hidden = true; };
const markOf = (event) => event.target.closest && event.target.closest('[data-tip]');
const onMark = (event) => { const mark = markOf(event); if (mark) show(mark); else hide(); };
addEventListener('pointerover', onMark);
addEventListener('focusin', onMark);
const onScroll = () => {
  const mark = document.activeElement && document.activeElement.closest('[data-tip]');
  if (mark && !tip.hidden) show(mark); else hide();
};
addEventListener('scroll', onScroll, { passive: true, capture: true });
const isShown = (mark) => mark.getClientRects().length > 0;
const marksOf = (group) => all('[data-tip]', group).filter(isShown);
const enter = (group) => {
  const marks = marksOf(group);
  if (marks.length > 0 && !marks.some((mark) => mark.getAttribute('tabindex') === '0')) marks[0].setAttribute('tabindex', '0');
};
const refresh = (root) => all('[data-rove]', root).filter((group) => !group.closest('details:not([open])')).forEach(enter);
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hide();
  const mark = markOf(event);
  const step = STEPS[event.key];
  if (!mark || step === undefined) return;
  const marks = marksOf(mark.closest('[data-rove]'));
  const next = marks[Math.min(marks.length - 1, Math.max(0, marks.indexOf(mark) + step))];
  if (!next) return;
  event.preventDefault();
  mark.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
});
addEventListener('toggle', (event) => { if (event.target.open) refresh(event.target); }, true);
addEventListener('change', (event) => { if (event.target.name === 'window') refresh($('.fleet')); });
const theme = $('[data-theme-button]');
const isDark = () => document.documentElement.dataset.theme === 'dark' ||
  (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
const name = () => { theme.textContent = isDark() ? 'Light' : 'Dark'; };
theme.hidden = false;
name();
theme.addEventListener('click', () => { document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'; name(); });
const tools = $('[data-tools]');
if (tools) {
  const list = $('[data-list]');
  const items = all('.workload', list);
  const filter = $('[data-filter]');
  const count = $('[data-count]');
  tools.hidden = false;
  filter.addEventListener('input', () => {
    const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let found = 0;
    for (const item of items) {
      const text = item.dataset.name.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      if (!item.hidden) found += 1;
    }
    count.textContent = found + ' of ' + items.length;
  });
  const orders = {
    cost: (a, b) => b.dataset.cost - a.dataset.cost,
    headroom: (a, b) => a.dataset.headroom - b.dataset.headroom,
    name: (a, b) => a.dataset.name.localeCompare(b.dataset.name),
  };
  $('[data-sort]').addEventListener('change', (event) => list.append(...items.toSorted(orders[event.target.value])));
  $('[data-open-all]').addEventListener('click', (event) => {
    const open = event.target.textContent === 'Open all';
    for (const item of items) if (!item.hidden) item.open = open;
    event.target.textContent = open ? 'Close all' : 'Open all';
  });
}
let closed = [];
addEventListener('beforeprint', () => { closed = all('details:not([open])'); closed.forEach((item) => { item.open = true; }); });
addEventListener('afterprint', () => { closed.forEach((item) => { item.open = false; }); closed = []; });
const links = new Map(all('.toc a').map((link) => [link.hash.slice(1), link]));
const seen = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) seen.set(entry.target.id, entry.isIntersecting);
  const current = [...links.keys()].find((id) => seen.get(id));
  for (const [id, link] of links) {
    if (id === current) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}, { rootMargin: '-10% 0px -70% 0px' });
for (const id of links.keys()) watcher.observe(document.getElementById(id));
refresh(document);
})();`;
