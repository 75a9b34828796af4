// Uses the page as a person would, and tells the page around it what is seen.
(() => {
  // The part of a box that its ancestors let through.
  function clipped(box, element) {
    let { left, top, right, bottom } = box;
    for (let it = element; it; it = it.parentElement) {
      if (getComputedStyle(it).overflow === 'visible') continue;
      const outer = it.getBoundingClientRect();
      [left, top] = [Math.max(left, outer.left), Math.max(top, outer.top)];
      [right, bottom] = [Math.min(right, outer.right), Math.min(bottom, outer.bottom)];
    }
    return right - left > 1 && bottom - top > 1 ? { left, top, right, bottom } : null;
  }

  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (node.data.trim() === '' || parent.closest('script, style, noscript, select')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        const seen = clipped(box, parent);
        if (seen) found.push({ ...seen, node, text: node.data.trim() });
      }
    }
    return found;
  }

  function overlaps(found) {
    found.sort((a, b) => a.top - b.top);
    const both = [];
    found.forEach((a, index) => {
      for (let next = index + 1; next < found.length && found[next].top < a.bottom - 2; next += 1) {
        const b = found[next];
        if (a.node !== b.node && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2) both.push(`${a.text} | ${b.text}`);
      }
    });
    return both.slice(0, 10);
  }

  // How far anything goes beyond the right edge, be it cut off there.
  function aside() {
    const edges = [...document.querySelectorAll('body *')].filter((it) => !it.closest('svg, option, #details')).map((it) => it.getBoundingClientRect().right);
    return Math.max(0, document.documentElement.scrollWidth - innerWidth, ...edges.map((it) => Math.round(it) - innerWidth));
  }

  const nodesSeen = () => [...document.querySelectorAll('.node')].filter((it) => it.offsetParent);
  const seen = () => {
    const found = texts();
    return {
      aside: aside(),
      texts: found.length,
      overlaps: overlaps(found),
      nodes: nodesSeen().length,
      lines: document.querySelectorAll('.line').length,
      details: (document.querySelector('#details .verdict') || { textContent: '' }).textContent,
      ink: getComputedStyle(document.body).color,
    };
  };
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const said = { width: innerWidth };
  said['at first'] = seen();
  const first = nodesSeen()[0];
  first.focus();
  press('ArrowRight');
  said.arrow = document.activeElement === nodesSeen()[1];
  press('n');
  said.next = Boolean(document.querySelector('.node.chosen'));
  const chosen = document.querySelector('.node.blocks') || first;
  chosen.click();
  said.chosen = seen();
  press('Escape');
  said.escape = Boolean(document.querySelector('.node.chosen'));
  press('/');
  said.slash = document.activeElement.id;
  document.activeElement.value = 'tokio::sync::mpsc';
  document.activeElement.dispatchEvent(new Event('input', { bubbles: true }));
  said.filtered = seen();
  document.getElementById('filters').reset();
  document.getElementById('filters').dispatchEvent(new Event('input', { bubbles: true }));
  document.querySelectorAll('.finding').forEach((it) => { it.open = true; it.dispatchEvent(new Event('toggle')); });
  said.listed = seen();
  document.getElementById('theme').click();
  said.dark = seen();
  said.errors = errors;
  parent.postMessage(JSON.stringify(said), '*');
})();
