// The keyboard, and the start.

function visibleButtons() {
  return [...buttons.values()].filter((it) => !it.hidden);
}

// The nearest node above or below.
function vertical(button, down) {
  const from = button.getBoundingClientRect();
  const middle = from.left + from.width / 2;
  const beyond = visibleButtons().map((it) => [it, it.getBoundingClientRect()]).filter(([, it]) => {
    return down ? it.top >= from.bottom : it.bottom <= from.top;
  });
  const far = (it) => Math.abs(it.top - from.top) * 4 + Math.abs(it.left + it.width / 2 - middle);
  beyond.sort(([, a], [, b]) => far(a) - far(b));
  return beyond.length > 0 ? beyond[0][0] : null;
}

function onArrow(event) {
  const button = event.target.closest('.node');
  if (!button) return;
  const all = visibleButtons();
  const at = all.indexOf(button);
  const next = {
    ArrowRight: () => all[at + 1],
    ArrowLeft: () => all[at - 1],
    ArrowDown: () => vertical(button, true),
    ArrowUp: () => vertical(button, false),
    Home: () => all[0],
    End: () => all[all.length - 1],
  }[event.key];
  if (!next) return;
  event.preventDefault();
  const found = next();
  if (found) moveTo(found, true);
}

// The next misplaced node, or the one before.
function step(by) {
  const bad = visibleButtons().filter((it) => nodes.get(it.dataset.id).severity);
  if (bad.length === 0) return;
  const at = bad.findIndex((it) => it.dataset.id === chosen);
  const next = at < 0 ? (by > 0 ? 0 : bad.length - 1) : (at + by + bad.length) % bad.length;
  choose(bad[next].dataset.id);
  bad[next].focus();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.closest('input[type="search"], select');
  if (event.key === 'Escape') {
    choose(null);
    if (isTyping) event.target.blur();
  } else if (!isTyping && event.key === '/') {
    event.preventDefault();
    byId('text').focus();
  } else if (!isTyping && (event.key === 'n' || event.key === 'p')) {
    step(event.key === 'n' ? 1 : -1);
  }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId('theme').textContent = theme === 'dark' ? 'Light' : 'Dark';
}

byId('title').textContent = `Where work runs in ${data.workspace}`;
byId('footer').textContent = `retask ${data.version}. A drawing of what the code says; nothing was run.`;
if (data.skipped.length > 0) {
  byId('skipped').hidden = false;
  byId('skipped').textContent = `Not read: ${data.skipped.join('; ')}`;
}
fillFilters();
buildLanes();
byId('drawing').prepend(svg);
showDetails(null);
filter();
setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
byId('theme').addEventListener('click', () => {
  setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
});
byId('filters').addEventListener('input', filter);
byId('filters').addEventListener('submit', (event) => event.preventDefault());
byId('drawing').addEventListener('keydown', onArrow);
document.addEventListener('keydown', onKey);
new ResizeObserver(drawLinesSoon).observe(byId('drawing'));
