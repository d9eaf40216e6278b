function render({model, el}) {
  el.classList.add('hcr-w');
  const position = make('small'), why = make('small'), img = make('img', {className: 'hcr-item'});
  const box = make('input', {type: 'text', autocomplete: 'off', spellcheck: false});
  position.setAttribute('role', 'status');
  const back = () => model.send({go: -1}), next = () => model.send({go: 1}), accept = () => model.send({accept: box.value});
  const buttons = [['Back', back], ['Skip', next], ['Accept (Enter)', accept]];
  const tools = make('div', {className: 'tools'}, ...buttons.map(o => button(...o)));
  box.addEventListener('keydown', e => {
    const act = {Enter: accept, PageUp: back, PageDown: next}[e.key];
    if (act) { e.preventDefault(); act() }
    e.stopPropagation();
  });
  function show() {
    const o = model.get('shown');
    img.src = o.picture || 'data:,'; img.alt = 'Picture of ' + o.name;
    position.textContent = o.position; why.textContent = o.why;
    box.value = o.text; if (el.contains(document.activeElement)) { box.focus(); box.select() }
  }
  model.on('change:shown', show); show();
  el.replaceChildren(position, img, why, make('label', {}, 'It says ', box), tools);
}
export default {render};
