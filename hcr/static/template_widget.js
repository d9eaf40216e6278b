function render({model, el}) {
  el.classList.add('hcr-w');
  const editor = makeEditor(el, {blank: model.get('blank'), size: model.get('size'), settings: model.get('settings'),
    changed: list => { model.set('fields', list); model.save_changes() },
    tryOn: async file => model.send({try: file.name}, undefined, [await file.arrayBuffer()])});
  const update = () => { editor.put(model.get('fields')); editor.say(model.get('problem')) };
  for (const o of ['fields', 'problem']) model.on('change:'+o, update);
  model.on('change:answers', () => editor.read(model.get('answers')));
  model.on('change:refusal', () => { if (model.get('refusal')) editor.say(model.get('refusal')) });
  update();
}
export default {render};
