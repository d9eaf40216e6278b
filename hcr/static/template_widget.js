function render({model, el}) {
  el.classList.add('hcr-w');
  const svgNS = 'http://www.w3.org/2000/svg', svg = document.createElementNS(svgNS, 'svg');
  const form = make('div', {className: 'tools'}), status = make('small', {}), [w, h] = model.get('size');
  let chosen = -1, from = null, drawn = null;
  function set(o, attrs) { for (const k in attrs) o.setAttribute(k, attrs[k]) }
  set(svg, {viewBox: `0 0 ${w} ${h}`, tabindex: 0, class: 'hcr-form', role: 'application', 'aria-label': 'Blank form'});
  set(status, {role: 'status'});
  const fields = () => model.get('fields').map(o => ({...o}));
  function update(all, n) { chosen = n; model.set('fields', all); model.save_changes(); draw() }
  function position(e) {
    const r = svg.getBoundingClientRect();
    const x = (e.clientX-r.left)*w/r.width, y = (e.clientY-r.top)*h/r.height;
    return [Math.min(w, Math.max(0, x)), Math.min(h, Math.max(0, y))].map(Math.round);
  }
  function shape(tag, attrs) {
    const o = document.createElementNS(svgNS, tag); set(o, attrs); svg.append(o); return o;
  }
  function frame([x, y, bw, bh], on) {
    const [fill, stroke] = on ? ['#4c7ae033', '#4c7ae0'] : ['#d9480f18', '#d9480f'];
    shape('rect', {x, y, width: bw, height: bh, fill, stroke, 'stroke-width': w/400});
  }

  function draw() {
    svg.replaceChildren();
    shape('image', {href: model.get('blank'), width: w, height: h});
    model.get('fields').forEach((o, i) => {
      const [x, y, bw, bh] = o.box;
      frame(o.box, i === chosen);
      for (let k = 1; o.kind !== 'row' && k < o.n; k++)
        shape('line', {x1: x+k*bw/o.n, x2: x+k*bw/o.n, y1: y, y2: y+bh, stroke: '#d9480f', 'stroke-width': w/800});
      shape('text', {x, y: y-w/200, 'font-size': w/50, fill: '#a33a0c'}).textContent = o.name;
    });
    if (drawn) frame(drawn, true);
    status.textContent = model.get('problem') || `Fields: ${model.get('fields').length}. This template can be saved.`;
    settings();
  }

  function settings() {
    const o = model.get('fields')[chosen];
    if (form.contains(document.activeElement) && form.dataset.chosen === String(chosen)) return;
    form.replaceChildren(); form.dataset.chosen = chosen;
    if (!o) return;
    for (const [key, kind] of Object.entries(model.get('settings'))) {
      const box = make(Array.isArray(kind) ? 'select' : 'input');
      if (Array.isArray(kind)) for (const v of kind) box.add(new Option(v || '-', v)); else box.type = kind;
      const value = o[key]; box.value = Array.isArray(value) ? value.join(',') : value ?? ''; box.dataset.key = key;
      box.onchange = () => {
        const all = fields(), v = box.value;
        if (v === '') delete all[chosen][key];
        else all[chosen][key] = kind === 'number' ? Number(v) : key === 'options' ? v.split(',').map(s => s.trim()) : v;
        update(all, chosen);
      };
      form.append(make('label', {}, key + ' ', box));
    }
  }

  function add(box, n) {
    const all = fields(); let k = all.length+1;
    while (all.some(o => o.name === 'field ' + k)) k++;
    update([...all, {name: 'field ' + k, kind: 'boxes', box, n}], all.length);
  }
  svg.addEventListener('pointerdown', e => {
    if (e.button) return;
    e.preventDefault(); svg.focus({preventScroll: true}); svg.setPointerCapture(e.pointerId); from = position(e);
  });
  svg.addEventListener('pointermove', e => {
    if (!from) return;
    const p = position(e);
    drawn = [Math.min(from[0], p[0]), Math.min(from[1], p[1]), Math.abs(p[0]-from[0]), Math.abs(p[1]-from[1])]; draw();
  });
  svg.addEventListener('pointerup', e => {
    const p = position(e), box = drawn, all = fields(); from = drawn = null;
    if (box && box[2] > w/100 && box[3] > w/100) {
      add(box, Math.max(1, Math.round(box[2]/box[3])));
    } else {
      const holds = ({box: [x, y, bw, bh]}) => p[0] >= x && p[0] <= x+bw && p[1] >= y && p[1] <= y+bh;
      chosen = all.findLastIndex(holds); draw();
    }
  });

  svg.addEventListener('keydown', e => {
    const all = fields(), move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key];
    if (e.key === 'Insert') add([w/4, h/4, w/4, w/20].map(Math.round), 5);
    else if (e.key === 'PageDown' && all.length) { chosen = (chosen+1) % all.length; draw() }
    else if (e.key === 'Delete' && all[chosen]) { all.splice(chosen, 1); update(all, -1) }
    else if (move && all[chosen]) {
      const first = e.shiftKey ? 2 : 0, box = [...all[chosen].box];
      box[first] += move[0]; box[first+1] += move[1]; all[chosen].box = box; update(all, chosen);
    } else return;
    e.preventDefault(); e.stopPropagation();
  });
  for (const o of ['fields', 'problem', 'blank']) model.on('change:' + o, draw);
  const keys = 'Keys: Insert adds, Page Down chooses, arrows move, Shift and arrows resize, Delete removes.';
  el.replaceChildren(make('small', {}, 'Drag to draw a field, click to choose one. ' + keys), svg, form, status); draw();
}
export default {render};
