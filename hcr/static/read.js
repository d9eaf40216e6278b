// The page that takes anything: a section for each file, filled page by page as the server reads. Needs page.js.
const items = $('items'), waiting = [];
let working = false;

// The objects in a stream of lines of JSON, as they come
async function* jsonLines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    const lines = (rest + (value || '')).split('\n'); rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
    if (done) return;
  }
}

function showPart(item, part) {
  const div = document.createElement('div'), parts = item.node.querySelector('.parts');
  div.innerHTML = part.html; parts.append(div);
  if (part.row) item.rows.push(part.row);
  if (part.text) item.texts.push(part.text); else if (part.row) item.texts.push(part.row.text);
  const form = div.querySelector('[data-reading]'); if (form) countReviews(form);
  item.node.querySelector('.saves').hidden = !item.texts.length;
  for (const o of item.node.querySelectorAll('[data-as]')) o.hidden = !item.rows.length;
}

async function readItem(item) {
  const find = css => item.node.querySelector(css), say = text => { find('.said').textContent = text };
  const mine = item.turn, stop = item.stop = new AbortController();
  find('.parts').replaceChildren(); find('.saves').hidden = true; item.rows = []; item.texts = [];
  item.node.setAttribute('aria-busy', 'true'); say('Being read…');
  const how = new URLSearchParams({name: item.file.name, kind: find('.kind').value, model: find('.model').value});
  let n = 0;
  try {
    const r = await post('anything?' + how, item.file, {signal: stop.signal});
    for await (const part of jsonLines(r.body)) { showPart(item, part); say(`Pages read: ${++n}, more may follow…`) }
    say(n > 1 ? `Pages read: ${n}` : '');
  } catch (e) {
    if (mine !== item.turn) return;
    say(''); find('.parts').append(errorLine(e.message));
  }
  item.node.setAttribute('aria-busy', 'false');
}
async function work() {
  if (working) return;
  working = true;
  while (waiting.length) await readItem(waiting.shift());
  working = false;
}
function again(item) {
  item.turn++; if (item.stop) item.stop.abort();
  if (!waiting.includes(item)) waiting.push(item);
  work();
}

function take(file) {
  const node = $('item').content.firstElementChild.cloneNode(true), item = {file, node, turn: 0, rows: [], texts: []};
  const find = css => node.querySelector(css), stem = file.name.replace(/\.[^.]*$/, '') || 'file';
  find('h2').textContent = file.name;
  find('.remove').onclick = () => {
    item.turn++; if (item.stop) item.stop.abort();
    if (waiting.includes(item)) waiting.splice(waiting.indexOf(item), 1);
    node.remove(); $('file').focus();
  };
  for (const o of ['.kind', '.model']) find(o).onchange = () => again(item);
  find('.copy').onclick = async () => {
    try { await navigator.clipboard.writeText(item.texts.join('\n\n')); find('.said').textContent = 'Copied' }
    catch { find('.said').textContent = 'The browser does not allow it: mark the text and copy it' }
  };
  for (const o of node.querySelectorAll('[data-as]')) o.onclick = async () => {
    const sent = new FormData(), kind = o.dataset.as;
    sent.set('rows', new Blob([JSON.stringify(item.rows)]));
    if (kind === 'pdf') sent.set('file', item.file);
    find('.said').textContent = '';
    try {
      const r = await post('document/' + kind, sent);
      download(await r.blob(), stem + r.headers.get('x-ending'));
    } catch (e) { find('.said').textContent = e.message }
  };
  items.prepend(node); again(item);
}
function takeAll(files) { for (const o of files) take(o) }

for (const o of ['file', 'camera']) $(o).onchange = e => { takeAll([...e.target.files]); e.target.value = '' };
const body = document.body;
body.addEventListener('dragover', e => { e.preventDefault(); body.classList.add('hcr-over') });
body.addEventListener('dragleave', () => body.classList.remove('hcr-over'));
body.addEventListener('drop', e => {
  e.preventDefault(); body.classList.remove('hcr-over'); takeAll([...e.dataTransfer.files]);
});
body.addEventListener('paste', e => {
  const files = [...(e.clipboardData && e.clipboardData.files || [])];
  if (files.length) { e.preventDefault(); takeAll(files) }
});
for (const o of document.querySelectorAll('[data-sample]')) o.onclick = async () => {
  const r = await fetch('sample/' + o.dataset.sample);
  if (r.ok) take(new File([await r.blob()], o.dataset.sample));
};

// Whoever points at a line of the text sees it in the picture, and the other way round
function point(e) {
  const line = e.target.closest('[data-line]'), both = line && line.closest('.both');
  for (const o of document.querySelectorAll('.on')) o.classList.remove('on');
  if (both) for (const o of both.querySelectorAll(`[data-line="${line.dataset.line}"]`)) o.classList.add('on');
}
for (const o of ['pointerover', 'click']) items.addEventListener(o, point);
