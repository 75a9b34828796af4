// What is known of one node, and the list of findings.

const BOUNDS = { io: 'it waits (I/O-bound)', cpu: 'it computes (CPU-bound)', both: 'it waits and computes' };
// What a link says at its two ends.
const SAYS = {
  starts: ['starts', 'started by'],
  runs: ['runs', 'run by'],
  makes: ['makes', 'made by'],
  sends: ['sends on', 'senders'],
  receives: ['receives from', 'receivers'],
  takes: ['takes the lock of', 'locked by'],
  holds: ['holds the lock while it waits', 'held, while it waits, by'],
};

function answersOf(it) {
  const ends = { true: 'it ends', false: 'it never ends' }[it.ends];
  const api = { true: 'there is an async form', false: 'the call itself has no async form' }[it.async_api];
  const size = { bounded: 'its size is bounded', input: 'its size grows with the input' }[it.size];
  const open = ['whether it waits or computes', 'whether it ends', 'whether there is an async form', 'how large it is'];
  return [BOUNDS[it.bound], ends, api, size].map((text, index) => text || `${open[index]} is not known`);
}

function showDetails(node) {
  const box = byId('details');
  box.classList.toggle('open', node !== null);
  if (!node) {
    box.replaceChildren(make('h2', '', 'Details'), ...legend());
    return;
  }
  const parts = [make('h2', 'name', node.name), make('p', 'faint', node.what)];
  const terms = make('dl');
  const term = (name, text) => terms.append(make('dt', '', name), make('dd', '', text));
  node.places.slice(0, 5).forEach((it, index) => term(index === 0 ? 'at' : '', where(it)));
  if (node.unit) {
    const bucket = data.buckets.find((it) => it.number === node.bucket);
    term('runs on', node.unit.primitive);
    term('bucket', bucket ? `${bucket.number} ${bucket.name}: belongs ${bucket.belongs.replaceAll('`', '')}` : 'not known');
    answersOf(node.unit.answers).forEach((text, index) => term(index === 0 ? 'answers' : '', text));
  }
  parts.push(terms, make('p', `verdict ${verdictOf(node)}`, saidOf(node)));
  if (node.blocks) parts.push(...blocked(node));
  parts.push(...linked(node));
  if (node.findings.length === 0 && node.unit) parts.push(...chain(node.unit.evidence));
  node.findings.forEach((it) => parts.push(...findingParts(it)));
  box.replaceChildren(...parts, back(node));
  box.scrollTop = 0;
}

function back(node) {
  const button = make('button', '', 'Back to the drawing');
  button.type = 'button';
  button.id = 'back';
  button.addEventListener('click', () => buttons.get(node.id).focus());
  return button;
}

function saidOf(node) {
  if (node.blocks) return 'blocks an async worker';
  if (node.state && node.state.waits) return 'a section waits while it holds the lock';
  return node.severity ? `${node.severity}: ${node.findings[0].rule}` : 'fits';
}

function blocked(node) {
  const tasks = node.in.map((it) => nodes.get(it.from).name);
  const names = [...new Set(tasks)];
  const who = names.length > 0 ? `${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}, and` : '';
  return [make('h3', '', 'Blocks'), make('p', '', `${who} all that waits for the same worker`.trim())];
}

function linked(node) {
  const groups = new Map();
  const add = (label, id, at) => groups.set(label, (groups.get(label) || []).concat([[id, at]]));
  node.in.forEach((it) => add(SAYS[it.does][1], it.from, it.at));
  node.out.forEach((it) => add(SAYS[it.does][0], it.to, it.at));
  return [...groups.entries()].flatMap(([label, ends]) => {
    const list = make('ul', 'links');
    ends.slice(0, 40).forEach(([id, at]) => {
      const item = make('li');
      const button = make('button', 'name', nodes.get(id).name);
      button.type = 'button';
      button.addEventListener('click', () => jump(id));
      item.append(button, make('span', 'at', ` ${at.path}:${at.start.line}`));
      list.append(item);
    });
    if (ends.length > 40) list.append(make('li', 'faint', `and ${ends.length - 40} more`));
    return [make('h3', '', label), list];
  });
}

// A node that a filter hides is shown again.
function jump(id) {
  if (!shown.has(id)) {
    byId('filters').reset();
    filter();
  }
  choose(id);
  buttons.get(id).focus();
}

function chain(evidence) {
  if (evidence.length === 0) return [];
  const list = make('ol');
  evidence.forEach((it) => {
    const item = prose('li', '', it.note);
    item.append(make('span', 'at', ` ${where(it)}`));
    list.append(item);
  });
  return [make('h3', '', 'Chain'), list];
}

function findingParts(it) {
  const parts = [make('h3', '', `${it.severity}: ${it.rule}`), prose('p', '', it.message), ...chain(it.evidence)];
  if (it.how) parts.push(make('h3', '', 'Rewrite'), prose('p', '', it.how));
  it.caveats.forEach((text) => parts.push(prose('p', 'faint', `changes in meaning: ${text}`)));
  if (it.diff) parts.push(diffOf(it.diff));
  return parts;
}

function diffOf(text) {
  const pre = make('pre');
  text.split('\n').forEach((line) => {
    if (line.startsWith('diff --git')) return;
    const isHead = line.startsWith('+++') || line.startsWith('---') || line.startsWith('@@');
    const kind = isHead ? 'hunk' : { '+': 'add', '-': 'cut' }[line[0]] || '';
    pre.append(make('span', kind, line === '' ? ' ' : line));
  });
  return pre;
}

function legend() {
  const line = (name, text) => {
    const item = make('li');
    item.append(make('span', `verdict ${name}`, `${text[0]}: `), text[1]);
    return item;
  };
  const list = make('ul');
  list.append(
    line('blocks', ['red', 'keeps an async worker from all other tasks, or holds a lock while it waits']),
    line('warning', ['orange', 'work on the wrong primitive']),
    line('note', ['dashed', 'worth knowing']),
  );
  return [
    make('p', '', 'Choose a node to see what it does, who runs it, and what becomes of it.'),
    list,
    make('p', 'faint', 'Keys: / searches, arrows move, Enter shows, Escape closes, n and p go to the next and previous misplaced node.'),
  ];
}

function drawList(listed) {
  const boxes = listed.map((it) => {
    const box = make('details', 'finding');
    const head = make('summary');
    head.append(make('span', `verdict ${it.severity}`, `${it.severity} ${it.rule} `), make('span', 'at', where(it)), prose('div', '', it.message));
    box.append(head);
    box.addEventListener('toggle', () => {
      if (box.childElementCount > 1) return;
      const body = make('div');
      body.append(...findingParts(it).slice(2));
      box.append(body);
    });
    return box;
  });
  byId('findings').replaceChildren(...(boxes.length > 0 ? boxes : [make('p', 'faint', 'none')]));
}
