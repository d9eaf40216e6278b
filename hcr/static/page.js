// What all pages share: sending things to the server, forms to review; and the pages for drawing and for one form.
// Needs input.js.
const $ = id => document.getElementById(id), answer = $('answer'), start = answer && answer.innerHTML;
const maxBytes = Number(document.body.dataset.maxBytes);
let latest = 0, picture = null;

function errorLine(message) {
  const p = document.createElement('p');
  p.className = 'hcr-error'; p.setAttribute('role', 'alert'); p.textContent = message;
  return p;
}
function showError(message) { answer.replaceChildren(errorLine(message)); answer.setAttribute('aria-busy', 'false') }
async function post(path, body, options) {
  const size = body.size || 0;
  if (size > maxBytes) throw Error(`This is larger than ${maxBytes/1e6} MB: choose a smaller file.`);
  let r;
  try { r = await fetch(path, {method: 'POST', body, ...options}) }
  catch (e) { throw e.name === 'AbortError' ? e : Error('The server does not answer: is it still running?') }
  if (!r.ok) throw Error(await r.text() || `The server says ${r.status}.`);
  return r;
}
function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob); link.download = name; link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
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
const chosen = id => $(id) ? $(id).value : '';
async function read(blob) {
  picture = blob;
  const how = new URLSearchParams({only: chosen('only'), model: chosen('model')});
  if (!blob) { latest++; answer.innerHTML = start; answer.setAttribute('aria-busy', 'false') }
  else if (await show('read?' + how, blob))
    $('spoken').textContent = [...answer.querySelectorAll('.hcr-head span')].map(o => o.textContent).join(', ');
  if ($('keep')) $('keep').hidden = !picture || !answer.querySelector('img');
}
if ($('pad')) {
  const pad = makePad($('pad'), () => read(pad.empty() ? null : toBlob(pad.url())));
  $('undo').onclick = pad.undo; $('clear').onclick = pad.clear;
  for (const o of ['file', 'camera'])
    $(o).onchange = e => { if (e.target.files[0]) read(e.target.files[0]); e.target.value = '' };
  takeImages(document.body, read);
  for (const o of ['only', 'model']) if ($(o)) $(o).onchange = () => { if (picture) read(picture) };
}

if ($('keep')) $('keep').onsubmit = async e => {
  e.preventDefault();
  const box = $('keep').querySelector('input'), status = $('kept');
  try {
    status.textContent = await (await post('keep?label=' + encodeURIComponent(box.value), picture)).text();
    box.value = '';
  } catch (e) { status.textContent = e.message }
};

// The fields of a form, which a person goes through; there may be several forms on a page
const formOf = o => o.closest('[data-reading]');
function showStatus(form, text) { form.querySelector('.status').textContent = text }
function countReviews(form) {
  const n = form.querySelectorAll('.review').length;
  showStatus(form, n ? `Fields to review: ${n}` : 'Nothing is left to review');
}
function markReviewed(item) {
  item.classList.remove('review'); item.dataset.seen = '1';
  item.querySelector('.state').textContent = 'reviewed'; countReviews(formOf(item));
}

function editedReading(form) {
  const reading = JSON.parse(form.dataset.reading);
  for (const item of form.querySelectorAll('.fields li[data-seen]')) {
    const box = item.querySelector('input');
    const now = {text: box.value, status: 'ok', confidence: 1, why: 'reviewed by a person'};
    Object.assign(reading.fields[box.name], now);
  }
  return JSON.stringify(reading);
}

async function keepWrong(form) {
  let n = 0;
  try {
    for (const item of form.querySelectorAll('.fields li[data-seen]')) {
      const crops = JSON.parse(item.dataset.chars);
      for (const [i, c] of wrongChars(item.dataset.read, item.querySelector('input').value, crops.length)) {
        await post('keep?label=' + encodeURIComponent(c), toBlob(crops[i])); n++;
      }
    }
    showStatus(form, `Characters kept: ${n}`);
  } catch (e) { showStatus(form, e.message) }
}
document.addEventListener('input', e => {
  const item = e.target.closest('.fields li'); if (item) markReviewed(item);
});
document.addEventListener('keydown', e => {
  const item = e.target.closest('.fields li');
  if (!item || e.key !== 'Enter') return;
  e.preventDefault(); markReviewed(item);
  const form = formOf(item), next = form.querySelector('.review input') || form.querySelector('[data-save]');
  next.focus(); if (next.select) next.select();
});
document.addEventListener('click', async e => {
  const kind = e.target.dataset.save, form = formOf(e.target);
  if (e.target.dataset.keep) keepWrong(form);
  if (!kind) return;
  try { download(await (await post('form/' + kind, editedReading(form))).blob(), 'form.' + kind) }
  catch (e) { showStatus(form, e.message) }
});

// The page for one form
async function readForm(file) {
  if (file) picture = file;
  if (!picture) return;
  const sent = new FormData($('form'));
  sent.set('picture', picture);
  if (picture.size > maxBytes) { showError(`This is larger than ${maxBytes/1e6} MB: choose a smaller file.`); return }
  const form = await show('form', sent) && answer.querySelector('[data-reading]');
  if (form) countReviews(form);
}
if ($('form')) {
  for (const o of ['file', 'camera'])
    $(o).onchange = e => { if (e.target.files[0]) readForm(e.target.files[0]); e.target.value = '' };
  for (const o of ['template', 'own', 'blank']) $(o).onchange = () => readForm();
  takeImages(document.body, readForm);
}
