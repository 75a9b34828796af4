// The lines between nodes. They run behind the nodes, so that no text is crossed.

// With more lines than this only those of the chosen node are drawn.
const MOST_LINES = 250;
const SVG = 'http://www.w3.org/2000/svg';
const svg = document.createElementNS(SVG, 'svg');
svg.setAttribute('aria-hidden', 'true');

function lineClass(link) {
  return link.blocks ? 'blocks' : link.does;
}

function visibleLinks() {
  const both = links.filter((it) => shown.has(it.from) && shown.has(it.to));
  if (chosen) return both.filter((it) => it.from === chosen || it.to === chosen);
  const isWide = byId('drawing').clientWidth >= 800;
  return isWide && both.length <= MOST_LINES ? both : [];
}

function drawLines() {
  const box = byId('drawing').getBoundingClientRect();
  const rects = new Map();
  const rectOf = (id) => {
    if (!rects.has(id)) rects.set(id, buttons.get(id).getBoundingClientRect());
    return rects.get(id);
  };
  const paths = visibleLinks().map((link) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', `line ${lineClass(link)}`);
    path.setAttribute('d', curve(link, rectOf, box));
    return path;
  });
  svg.replaceChildren(...paths);
}

// From column to column a line runs to the right. Within one, and where all columns stand in one, it goes round by the gap at the left.
function curve(link, rectOf, box) {
  const [from, to] = [rectOf(link.from), rectOf(link.to)];
  const [left, other] = [link.from, link.to].map((it) => buttons.get(it).closest('.column').getBoundingClientRect().left);
  const y1 = from.top + from.height / 2 - box.top;
  const y2 = to.top + to.height / 2 - box.top;
  const x2 = to.left - box.left;
  if (left !== other) {
    const x1 = from.right - box.left;
    const bend = Math.max(24, (x2 - x1) / 2);
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  }
  const x1 = from.left - box.left;
  const gap = left - box.left - 24;
  return `M${x1} ${y1}C${gap} ${y1} ${gap} ${y2} ${x2} ${y2}`;
}

let isAsked = false;
function drawLinesSoon() {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    drawLines();
  });
}
