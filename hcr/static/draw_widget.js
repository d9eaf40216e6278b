function render({model, el}) {
  el.classList.add('hcr-w'); el.tabIndex = -1;
  const canvas = make('canvas', {width: 560, height: 560, tabIndex: 0});
  const input = make('input', {type: 'file', accept: 'image/*'});
  canvas.setAttribute('role', 'application'); canvas.setAttribute('aria-label', 'Drawing pad');
  function send(bytes) { model.set('picture', new DataView(bytes.buffer)); model.save_changes() }
  const pad = makePad(canvas, () => send(pad.empty() ? new Uint8Array(0) : toBytes(pad.url())));
  async function take(file) { send(new Uint8Array(await file.arrayBuffer())) }
  input.onchange = () => { if (input.files[0]) take(input.files[0]); input.value = '' };
  const pick = make('label', {className: 'pick'}, 'Picture', input);
  const tools = make('div', {className: 'tools'}, button('Undo', pad.undo), button('Clear', pad.clear), pick);
  const keys = 'Keys: arrows move the pen, space lowers and lifts it, Delete clears.';
  el.replaceChildren(canvas, tools, make('small', {}, 'Draw one character, or drop or paste a picture. ' + keys));
  takeImages(el, take);
}
export default {render};
