// The drawing: a lane for each primitive, a button for each node.

// With more nodes than this a lane shows squares in place of names.
const DENSE = 80;
const lanes = new Map();
const buttons = new Map();

function buildLanes() {
  const columns = [0, 1, 2].map(() => make('div', 'column'));
  LANES.forEach((lane) => {
    const members = [...nodes.values()].filter((it) => it.lane === lane.id);
    if (members.length === 0) return;
    const isWorkers = lane.id === 'task' || lane.id === 'worker';
    const element = make('section', isWorkers ? 'lane workers' : 'lane');
    const title = make('h2', '', lane.title);
    element.append(title, make('p', '', lane.text));
    const groups = groupsOf(members);
    groups.forEach(([name, group]) => {
      const box = make('div', 'group');
      if (groups.length > 1) box.append(make('h3', '', name));
      const row = make('div', 'nodes');
      group.forEach((node) => row.append(buildNode(node)));
      box.append(row);
      element.append(box);
    });
    columns[lane.column].append(element);
    lanes.set(lane.id, { element, title, members, name: lane.title });
  });
  byId('drawing').append(...columns.filter((it) => it.childElementCount > 0));
}

function groupsOf(members) {
  const groups = new Map();
  members.forEach((it) => {
    const name = data.packages[it.package];
    groups.set(name, (groups.get(name) || []).concat([it]));
  });
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
}

function badgeOf(node) {
  if (node.kind === 'unit') return [node.bucket ? String(node.bucket) : '?', `b${node.bucket || 0}`];
  return { start: ['▸', 'b0'], channel: ['⇄', 'b1'], state: ['●', 'b4'] }[node.kind];
}

function verdictOf(node) {
  if (node.blocks) return 'blocks';
  return node.severity || 'fits';
}

function buildNode(node) {
  const button = make('button', `node ${node.severity ? verdictOf(node) : ''}`);
  const [sign, mark] = badgeOf(node);
  button.type = 'button';
  button.tabIndex = -1;
  button.dataset.id = node.id;
  button.append(make('span', `badge ${mark}`, sign), make('span', 'name', node.name));
  if (node.what !== node.name) button.append(make('span', 'what', node.what));
  const said = node.findings.map((it) => `${it.severity} ${it.rule}`).join(', ');
  button.title = `${node.name}: ${node.what}, ${where(node.places[0])}${said ? `: ${said}` : ''}`;
  button.setAttribute('aria-label', button.title);
  button.addEventListener('click', () => choose(node.id));
  buttons.set(node.id, button);
  return button;
}

function drawNodes() {
  buttons.forEach((button, id) => { button.hidden = !shown.has(id); });
  lanes.forEach((lane) => {
    const visible = lane.members.filter((it) => shown.has(it.id)).length;
    lane.element.hidden = visible === 0;
    lane.element.classList.toggle('dense', visible > DENSE);
    lane.title.textContent = `${lane.name} (${visible})`;
    lane.element.querySelectorAll('.group').forEach((group) => {
      group.hidden = !group.querySelector('.node:not([hidden])');
    });
  });
  const first = [...buttons.values()].find((it) => !it.hidden);
  const current = [...buttons.values()].find((it) => it.tabIndex === 0);
  if (first && (!current || current.hidden)) moveTo(first, false);
  if (chosen && !shown.has(chosen)) choose(null);
  else drawLines();
}

// One node is in the order of Tab; arrow keys move on from it.
function moveTo(button, focus) {
  buttons.forEach((it) => { it.tabIndex = it === button ? 0 : -1; });
  if (focus) button.focus();
}

let chosen = null;

function choose(id) {
  chosen = id;
  const node = id === null ? null : nodes.get(id);
  const near = new Set(node ? node.out.map((it) => it.to).concat(node.in.map((it) => it.from)) : []);
  byId('drawing').classList.toggle('chosen', node !== null);
  buttons.forEach((button, other) => {
    button.classList.toggle('chosen', other === id);
    button.classList.toggle('near', near.has(other));
    button.setAttribute('aria-pressed', String(other === id));
  });
  if (node) moveTo(buttons.get(id), false);
  showDetails(node);
  drawLines();
  if (node && isAbove()) byId('details').scrollIntoView();
}

// Whether details stand above the drawing, so that they are out of sight.
function isAbove() {
  return byId('details').getBoundingClientRect().bottom <= byId('drawing').getBoundingClientRect().top;
}
