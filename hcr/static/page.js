// The page: send a picture, show the answer that the server has laid out. Needs input.js.
const $ = id => document.getElementById(id), answer = $('answer'), start = answer.innerHTML;
const maxBytes = Number(document.body.dataset.maxBytes);
let latest = 0, picture = null;

function showError(message) {
  const p = document.createElement('p');
  p.className = 'hcr-error'; p.setAttribute('role', 'alert'); p.textContent = message;
  answer.replaceChildren(p); answer.setAttribute('aria-busy', 'false');
}
async function post(path, body, headers) {
  const size = body.size || 0;
  if (size > maxBytes) throw Error(`This is larger than ${maxBytes/1e6} MB: choose a smaller picture.`);
  let r;
  try { r = await fetch(path, {method: 'POST', body, headers}) }
  catch { throw Error('The server does not answer: is it still running?') }
  if (!r.ok) throw Error(await r.text() || `The server says ${r.status}.`);
  return r;
}
async function show(path, body) {
  const mine = ++latest;
  answer.setAttribute('aria-busy', 'true');
  try {
    const html = await (await post(path, body)).text();
    if (mine === latest) { answer.innerHTML = html; answer.setAttribute('aria-busy', 'false'); }
  } catch (e) { if (mine === latest) showError(e.message) }
  return mine === latest;
}

const toBlob = url => new Blob([toBytes(url)], {type: 'image/png'});
async function read(blob) {
  picture = blob;
  if (!blob) { latest++; answer.innerHTML = start; answer.setAttribute('aria-busy', 'false') }
  else if (await show('read?only=' + encodeURIComponent($('only') ? $('only').value : ''), blob))
    $('spoken').textContent = [...answer.querySelectorAll('.hcr-head span')].map(o => o.textContent).join(', ');
  if ($('keep')) $('keep').hidden = !picture || !answer.querySelector('img');
}
if ($('pad')) {
  const pad = makePad($('pad'), () => read(pad.empty() ? null : toBlob(pad.url())));
  $('undo').onclick = pad.undo; $('clear').onclick = pad.clear;
  for (const o of ['file', 'camera'])
    $(o).onchange = e => { if (e.target.files[0]) read(e.target.files[0]); e.target.value = '' };
  takeImages(document.body, read);
  if ($('only')) $('only').onchange = () => { if (picture) read(picture) };
}

if ($('keep')) $('keep').onsubmit = async e => {
  e.preventDefault();
  const box = $('keep').querySelector('input'), status = $('kept');
  try {
    status.textContent = await (await post('keep?label=' + encodeURIComponent(box.value), picture)).text();
    box.value = '';
  } catch (e) { status.textContent = e.message }
};

async function readForm(file) {
  if (file) picture = file;
  if (!picture) return;
  const sent = new FormData($('form'));
  sent.set('picture', picture);
  if (picture.size > maxBytes) { showError(`This is larger than ${maxBytes/1e6} MB: choose a smaller picture.`); return }
  if (await show('form', sent)) countReviews();
}
function showStatus(text) {
  const status = answer.querySelector('#status');
  if (status) status.textContent = text;
}
function countReviews() {
  const n = answer.querySelectorAll('.review').length;
  showStatus(n ? `Fields to review: ${n}` : 'Nothing is left to review');
}
function markReviewed(item) {
  item.classList.remove('review'); item.dataset.seen = '1';
  item.querySelector('.state').textContent = 'reviewed'; countReviews();
}

function editedReading() {
  const reading = JSON.parse(answer.querySelector('[data-reading]').dataset.reading);
  for (const item of answer.querySelectorAll('.fields li[data-seen]')) {
    const box = item.querySelector('input');
    const now = {text: box.value, status: 'ok', confidence: 1, why: 'reviewed by a person'};
    Object.assign(reading.fields[box.name], now);
  }
  return JSON.stringify(reading);
}

async function keepWrong() {
  let n = 0;
  try {
    for (const item of answer.querySelectorAll('.fields li[data-seen]')) {
      const crops = JSON.parse(item.dataset.chars);
      for (const [i, c] of wrongChars(item.dataset.read, item.querySelector('input').value, crops.length)) {
        await post('keep?label=' + encodeURIComponent(c), toBlob(crops[i])); n++;
      }
    }
    showStatus(`Characters kept: ${n}`);
  } catch (e) { showStatus(e.message) }
}
if ($('form')) {
  for (const o of ['file', 'camera'])
    $(o).onchange = e => { if (e.target.files[0]) readForm(e.target.files[0]); e.target.value = '' };
  for (const o of ['template', 'own', 'blank']) $(o).onchange = () => readForm();
  takeImages(document.body, readForm);
  answer.addEventListener('input', e => { const item = e.target.closest('.fields li'); if (item) markReviewed(item) });
  answer.addEventListener('keydown', e => {
    const item = e.target.closest('.fields li');
    if (!item || e.key !== 'Enter') return;
    e.preventDefault(); markReviewed(item);
    const next = answer.querySelector('.review input') || answer.querySelector('[data-save]');
    next.focus(); if (next.select) next.select();
  });

  answer.addEventListener('click', async e => {
    const kind = e.target.dataset.save;
    if (e.target.dataset.keep) keepWrong();
    if (!kind) return;
    try {
      const file = await (await post('form/' + kind, editedReading())).blob(), link = document.createElement('a');
      link.href = URL.createObjectURL(file); link.download = 'form.' + kind; link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    } catch (e) { showStatus(e.message) }
  });
}
