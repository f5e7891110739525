// Theme, copy buttons, search, menu of narrow screens. Without this file everything can be read; these are missing.
const root = document.documentElement;

function currentTheme() {
  if (root.dataset.theme) return root.dataset.theme;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function themeButton() {
  const button = document.getElementById('site-theme');
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset.theme = currentTheme() === 'dark' ? 'light' : 'dark';
    try {
      window.localStorage.setItem('plimsoll-theme', root.dataset.theme);
    } catch {
      // No storage: the choice holds for this page.
    }
  });
}

/** What a copy button copies: of a console session its commands, of other code all of it. */
function copiedText(pre) {
  const text = pre.textContent ?? '';
  if (pre.dataset.language !== 'console') return text;
  const lines = text.split('\n');
  const commands = lines.filter((line) => line.startsWith('$ '));
  return commands.length === 0 ? text : `${commands.map((line) => line.slice(2)).join('\n')}\n`;
}

function copyButtons() {
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll('div.code')) {
    const pre = block.querySelector('pre');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(copiedText(pre));
        button.textContent = 'Copied';
      } catch {
        button.textContent = 'Not allowed';
      }
      window.setTimeout(() => (button.textContent = 'Copy'), 1500);
    });
    block.append(button);
  }
}

/** Entries that hold every word asked for, best first: words of titles count most, then headings, then text. */
function found(entries, query) {
  const words = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}_.-]+/u)
    .filter((word) => word.length > 1);
  if (words.length === 0) return [];
  return entries
    .map((entry) => {
      const page = entry.page.toLowerCase();
      const heading = entry.heading.toLowerCase();
      let score = 0;
      for (const word of words) {
        const hit =
          (page.includes(word) ? 8 : 0) +
          (heading.includes(word) ? 6 : 0) +
          (` ${entry.words}`.includes(` ${word} `) ? 3 : ` ${entry.words}`.includes(` ${word}`) ? 1 : 0);
        if (hit === 0) return { entry, score: 0 };
        score += hit;
      }
      return { entry, score: score + (entry.page === entry.heading ? 2 : 0) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 12)
    .map(({ entry }) => entry);
}

function resultItem(base, entry) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = base + entry.url;
  const title = document.createElement('strong');
  title.textContent = entry.heading;
  const page = document.createElement('span');
  page.textContent = entry.page === entry.heading ? entry.kind : `${entry.kind} · ${entry.page}`;
  link.append(title, page);
  item.append(link);
  return item;
}

function loadIndex(base) {
  return new Promise((resolve, reject) => {
    if (window.plimsollSearch) return resolve(window.plimsollSearch);
    const script = document.createElement('script');
    script.src = `${base}assets/search-index.js`;
    script.addEventListener('load', () => resolve(window.plimsollSearch));
    script.addEventListener('error', reject);
    document.head.append(script);
  });
}

function search() {
  const form = document.getElementById('site-search');
  if (!form) return;
  form.hidden = false;
  const input = form.querySelector('input');
  const list = form.querySelector('ul');
  const status = form.querySelector('[role="status"]');
  const base = form.dataset.base;
  const close = () => list.replaceChildren();

  input.addEventListener('input', async () => {
    const entries = found(await loadIndex(base), input.value);
    list.replaceChildren(...entries.map((entry) => resultItem(base, entry)));
    status.textContent =
      input.value.trim() === '' ? '' : entries.length === 0 ? 'Nothing found' : `${entries.length} found`;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    list.querySelector('a')?.click();
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      close();
      input.focus();
      return;
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const links = [...list.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
    event.preventDefault();
    (next < 0 ? input : (links[next] ?? links.at(-1) ?? input)).focus();
  });
  document.addEventListener('click', (event) => {
    if (!form.contains(event.target)) close();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || /^(?:INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? ''))
      return;
    event.preventDefault();
    input.focus();
  });
}

/** On a narrow screen the list of all pages stands above the content: it starts closed there. */
function menu() {
  const narrow = window.matchMedia('(max-width: 52rem)').matches;
  if (narrow) document.getElementById('site-menu')?.removeAttribute('open');
}

menu();
themeButton();
copyButtons();
search();
