// What is shown: by text, package, rule, bucket and verdict.

const byId = (id) => document.getElementById(id);
const shown = new Set();

function option(value, text) {
  const element = make('option', '', text);
  element.value = value;
  return element;
}

function fillFilters() {
  byId('package').append(option('', 'all'));
  data.packages.forEach((name, index) => byId('package').append(option(String(index), name)));
  const used = new Map();
  data.findings.forEach((it) => used.set(it.rule, (used.get(it.rule) || 0) + 1));
  byId('rule').append(option('', 'all'));
  data.rules.filter((it) => used.has(it.name)).forEach((it) => {
    byId('rule').append(option(it.name, `${it.name} (${used.get(it.name)})`));
  });
  const buckets = data.buckets.map((it) => [it.number, `${it.number} ${it.name}`]).concat([[0, 'not known']]);
  buckets.forEach(([number, name]) => {
    const count = data.units.filter((it) => (it.bucket || 0) === number).length;
    if (count === 0) return;
    const label = make('label', 'check');
    const box = make('input');
    box.type = 'checkbox';
    box.defaultChecked = true;
    box.value = String(number);
    label.append(box, make('span', `badge b${number}`, number === 0 ? '?' : String(number)), `${name.replace(/^\d /, '')} (${count})`);
    byId('buckets').append(label);
  });
}

function wanted() {
  const boxes = [...byId('buckets').querySelectorAll('input')];
  return {
    text: byId('text').value.trim().toLowerCase(),
    package: byId('package').value,
    rule: byId('rule').value,
    misplaced: byId('misplaced').checked,
    notes: byId('notes').checked,
    buckets: new Set(boxes.filter((it) => it.checked).map((it) => Number(it.value))),
    allBuckets: boxes.every((it) => it.checked),
  };
}

const isNote = (it) => it.severity === 'note';
const findingsOf = (node, want) => node.findings.filter((it) => want.notes || !isNote(it));

function hasText(node, text) {
  const words = [node.name, node.what].concat(node.places.map(where), node.findings.map((it) => it.message));
  return text === '' || words.some((it) => it.toLowerCase().includes(text));
}

function fits(node, want) {
  const found = findingsOf(node, want);
  return hasText(node, want.text)
    && (want.package === '' || String(node.package) === want.package)
    && (want.rule === '' || found.some((it) => it.rule === want.rule))
    && (!want.misplaced || found.length > 0)
    && (node.kind === 'unit' ? want.buckets.has(node.bucket || 0) : want.allBuckets);
}

// What fits, and what it hangs together with: who starts and runs the units, who uses the channels and the state.
function filter() {
  const want = wanted();
  const fitting = new Set([...nodes.values()].filter((it) => fits(it, want)).map((it) => it.id));
  shown.clear();
  fitting.forEach((it) => shown.add(it));
  links.forEach((it) => {
    const isUnit = (id) => nodes.get(id).kind === 'unit';
    if (fitting.has(it.to) && (!isUnit(it.from) || !isUnit(it.to))) shown.add(it.from);
    if (fitting.has(it.from) && isUnit(it.from) && !isUnit(it.to)) shown.add(it.to);
  });
  // Nothing that is drawn begins there.
  const begins = (it) => it.out.some((link) => shown.has(link.to));
  nodes.forEach((it) => { if (it.kind === 'start' && !begins(it)) shown.delete(it.id); });
  const listed = data.findings.filter((it) => fitsList(it, want));
  drawNodes();
  drawList(listed);
  count(listed);
}

function fitsList(it, want) {
  const words = [it.message, it.rule, where(it)];
  return (want.notes || !isNote(it))
    && (want.text === '' || words.some((word) => word.toLowerCase().includes(want.text)))
    && (want.package === '' || String(it.package) === want.package)
    && (want.rule === '' || it.rule === want.rule)
    && (want.allBuckets || want.buckets.has(it.bucket));
}

function count(listed) {
  const of = (kind) => [...shown].map((id) => nodes.get(id)).filter((it) => it.kind === kind);
  const bad = of('unit').filter((it) => it.findings.some((finding) => !isNote(finding)));
  byId('counts').textContent = [
    `${many(of('unit').length, 'unit')} of work, ${bad.length} misplaced`,
    many(of('channel').length, 'channel'),
    many(of('state').length, 'shared state'),
    many(listed.length, 'finding'),
  ].join(' · ');
}
