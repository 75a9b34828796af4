'use strict';
// The data of the page as nodes and links.

const data = JSON.parse(document.getElementById('data').textContent);

// The lanes of the drawing, by column from left to right.
const LANES = [
  { id: 'start', column: 0, title: 'Where work begins', text: 'main, and functions that nothing in the workspace calls' },
  { id: 'task', column: 1, title: 'Tasks on the async workers', text: 'spawned; they share the worker threads' },
  { id: 'worker', column: 1, title: 'Calls that keep a worker', text: 'made by async code itself: nothing else runs on that worker meanwhile' },
  { id: 'pool', column: 1, title: 'Blocking pool', text: 'spawn_blocking and block_in_place' },
  { id: 'thread', column: 1, title: 'Threads', text: 'made for the work' },
  { id: 'rayon', column: 1, title: 'rayon', text: 'the pool for CPU work' },
  { id: 'channel', column: 2, title: 'Channels', text: 'by library and message: channels of one message count as one' },
  { id: 'state', column: 2, title: 'Shared state', text: 'behind locks that async code takes' },
];
const LANE_OF = { async: 'worker', spawn: 'task', spawn_blocking: 'pool', block_in_place: 'pool', thread: 'thread', rayon: 'rayon' };
const ROOMS = { bounded: 'bounded', unbounded: 'without a bound', latest: 'the last value', once: 'one message' };
const SEVERITIES = ['error', 'warning', 'note'];

const nodes = new Map();
const placeOf = (it) => `${it.path}:${it.line}:${it.column}`;

// Findings by the place that they stand on.
const findingsAt = new Map();
data.findings.forEach((it, index) => {
  it.index = index;
  const known = findingsAt.get(placeOf(it)) || [];
  findingsAt.set(placeOf(it), known.concat([it]));
});

function addNode(id, kind, lane, name, what, places, more) {
  const found = places.flatMap((it) => findingsAt.get(placeOf(it)) || []);
  found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const node = {
    id, kind, lane, name, what, places, findings: found, out: [], in: [],
    package: data.files[places[0].path], bucket: null,
    severity: found.length > 0 ? found[0].severity : null,
    ...more,
  };
  // What keeps a worker blocks all tasks on it.
  node.blocks = lane === 'worker' && node.severity !== null && node.severity !== 'note';
  nodes.set(id, node);
}

const flat = (it) => ({ path: it.path, line: it.start.line, column: it.start.column });
data.picture.starts.forEach((it, index) => {
  const what = it.is_main ? it.path : it.is_async ? 'async fn' : 'fn';
  addNode(`e${index}`, 'start', 'start', it.name, what, [flat(it)]);
});
data.units.forEach((it, index) => {
  const name = data.picture.functions[index] || it.name;
  const more = { bucket: it.bucket, unit: it, package: it.package };
  addNode(`u${index}`, 'unit', LANE_OF[it.primitive], name, it.name, [it], more);
});
data.picture.channels.forEach((it, index) => {
  addNode(`c${index}`, 'channel', 'channel', it.message, `${it.library}, ${ROOMS[it.room]}`, it.made.map(flat), { channel: it });
});
data.picture.states.forEach((it, index) => {
  addNode(`s${index}`, 'state', 'state', it.name, it.lock, [flat(it)], { state: it });
});
const links = data.picture.links.filter((it) => nodes.has(it.from) && nodes.has(it.to));
links.forEach((it) => {
  nodes.get(it.from).out.push(it);
  nodes.get(it.to).in.push(it);
  it.blocks = it.does === 'runs' && nodes.get(it.to).blocks;
});

// A new element with text, never with markup: names of the workspace are data.
function make(tag, classes, text) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  if (text !== undefined) element.textContent = text;
  return element;
}

// Text whose parts between backticks are code.
function prose(tag, classes, text) {
  const element = make(tag, classes);
  const parts = text.split('`');
  parts.forEach((part, index) => {
    const isCode = index % 2 === 1 && index < parts.length - 1;
    element.append(isCode ? make('code', '', part) : part);
  });
  return element;
}

const where = (it) => `${it.path}:${it.line}`;
const many = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;
