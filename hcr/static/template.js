// The page for templates: a blank form in, its fields proposed, corrected, tried and saved. Needs the editor.
if ($('layout')) {
  let editor = null, form = null, asked = 0, timer = 0;
  const say = text => { $('said').textContent = text };
  const parcel = more => {
    const sent = new FormData();
    sent.set('template', new Blob([JSON.stringify({...form.rest, blank: 'sent', name: form.name, size: form.size, fields: editor.fields()})]));
    sent.set('blank', toBlob(form.blank));
    for (const k in more) sent.set(k, more[k]);
    return sent;
  };
  async function check() {
    const mine = ++asked;
    try {
      const text = await (await post('template/check', parcel())).text();
      if (mine === asked) editor.say(text);
    } catch (e) { if (mine === asked) editor.say(e.message) }
  }
  async function open(files) {
    const sent = new FormData();
    for (const o of files) sent.set(/\.json$/i.test(o.name) ? 'template' : 'blank', o);
    say('Looking for fields …');
    try { form = await (await post('template/propose', sent)).json() } catch (e) { say(e.message); return }
    const el = make('div', {className: 'hcr-w'});
    $('editor').replaceChildren(el); $('save').hidden = false; $('name').value = form.name; say(form.said);
    editor = makeEditor(el, {blank: form.blank, size: form.size, settings: form.settings,
      changed: () => { clearTimeout(timer); timer = setTimeout(check, 300) }, tryOn});
    editor.put(form.fields); editor.say('');
  }
  async function tryOn(file) {
    try { editor.say(''); editor.read(await (await post('template/try', parcel({picture: file}))).json()) }
    catch (e) { editor.say(e.message) }
  }
  $('name').onchange = () => { form.name = $('name').value };
  for (const all of [false, true]) $(all ? 'anyway' : 'save').onclick = async () => {
    say('Trying it on the blank form …');
    try {
      const r = await post('template/save'+(all ? '?anyway=1' : ''), parcel());
      if (r.headers.get('content-type').startsWith('text/plain')) { say(await r.text()); $('anyway').hidden = false; return }
      download(await r.blob(), `${form.name}.zip`);
      say('Saved, with the picture of the blank form beside it: unpack both into one folder.'); $('anyway').hidden = true;
    } catch (e) { say(e.message) }
  };
  $('file').onchange = e => { if (e.target.files.length) open([...e.target.files]); e.target.value = '' };
  takeImages(document.body, file => editor ? tryOn(file) : open([file]));
}
