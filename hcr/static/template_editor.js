// Lay out the fields of a form over its blank picture, in the page and in the widget. Needs widget.js.
const editorKeys = 'Drag to draw a field; click to choose one, then drag to move it, or its corner to resize it. Keys: ' +
  'Insert adds, Page Up and Page Down choose, arrows move, Shift and arrows resize, Enter goes to the settings and ' +
  'Escape back, Delete removes, + and - zoom, 0 shows the whole form, Ctrl+Z takes back.';
const settingFits = {n: ['boxes', 'comb', 'row'], options: ['marks'], multiple: ['marks'], agrees: ['text'],
  language: ['boxes', 'comb'], only: ['boxes', 'comb', 'row', 'text'], pattern: ['boxes', 'comb', 'row', 'text'],
  check: ['boxes', 'comb', 'row', 'text', 'code']};

// `changed(fields)` hears of every change, `tryOn(file)` of a filled sheet; what is given back shows fields and answers
function makeEditor(el, {blank, size: [w, h], settings, changed, tryOn}) {
  const svgNS = 'http://www.w3.org/2000/svg', svg = document.createElementNS(svgNS, 'svg');
  const beside = make('form', {className: 'hcr-beside', hidden: true}), status = make('p', {className: 'hcr-said'});
  const sheet = make('div', {className: 'hcr-sheet'}, svg, beside), view = make('div', {className: 'hcr-view'}, sheet);
  const undoButton = button('Undo', () => back(past, future)), redoButton = button('Redo', () => back(future, past));
  let fields = [], chosen = -1, zoom = 1, from = null, drawn = null, mode = '', past = [], future = [], last = '';
  let problem = '', answers = {};
  function set(o, attrs) { for (const k in attrs) o.setAttribute(k, attrs[k]) }
  function shape(tag, attrs) { const o = document.createElementNS(svgNS, tag); set(o, attrs); svg.append(o); return o }
  set(svg, {viewBox: `0 0 ${w} ${h}`, tabindex: 0, class: 'hcr-form', role: 'application', 'aria-label': 'Blank form'});
  set(status, {role: 'status'});

  function update(next, n, step) { // changes of one step, such as arrows in a row, are taken back together
    if (!step || step !== last) past.push(fields);
    last = step; future = []; fields = next; chosen = n; answers = {}; changed(fields); draw();
  }
  function back(one, other) {
    if (!one.length) return;
    other.push(fields); fields = one.pop(); last = ''; chosen = Math.min(chosen, fields.length-1);
    changed(fields); draw();
  }
  function change(i, o, step) { update(fields.map((f, k) => k === i ? o : f), i, step) }
  function placed(o, [x, y, bw, bh]) { // the field with its box, and its cells with it
    const [ox, oy, ow, oh] = o.box, sx = bw/ow, sy = bh/oh;
    const cells = o.cells && o.cells.map(([a, b, c, d]) => [x+(a-ox)*sx, y+(b-oy)*sy, c*sx, d*sy]);
    return {...o, box: [x, y, bw, bh], ...cells && {cells}};
  }

  function draw() {
    svg.replaceChildren(); shape('image', {href: blank, width: w, height: h});
    const line = w/500/zoom, font = Math.max(w/70, w/45/zoom);
    fields.forEach((f, i) => {
      const on = i === chosen, o = on && drawn && mode !== 'draw' ? placed(f, drawn) : f, answer = answers[f.name];
      const colour = on ? '#2f5fd0' : answer ? (answer.status === 'ok' ? '#00703c' : '#d9480f') : '#a33a0c';
      const [x, y, bw, bh] = o.box;
      const rect = (b, fill) => shape('rect', {x: b[0], y: b[1], width: b[2], height: b[3], fill, stroke: colour,
        'stroke-width': line*(on ? 1.6 : 1)});
      rect(o.box, colour+(on ? '2e' : '14'));
      if (o.cells) o.cells.forEach(c => rect(c, 'none'));
      else if (['boxes', 'comb', 'marks'].includes(o.kind)) {
        const n = o.n || (o.options || []).length;
        for (let k = 1; k < n; k++)
          shape('line', {x1: x+k*bw/n, x2: x+k*bw/n, y1: y, y2: y+bh, stroke: colour, 'stroke-width': line/2});
      }
      const text = answer ? `${o.name}: ${answer.text || '-'}${answer.status === 'ok' ? '' : ' ?'}` : o.name;
      shape('text', {x, y: y-font/4, 'font-size': font, fill: colour, class: 'hcr-name'}).textContent = text;
      if (on) shape('rect', {x: x+bw-4*line, y: y+bh-4*line, width: 8*line, height: 8*line, fill: colour, class: 'hcr-corner'});
    });
    if (drawn && mode === 'draw') shape('rect', {x: drawn[0], y: drawn[1], width: drawn[2], height: drawn[3],
      fill: '#2f5fd02e', stroke: '#2f5fd0', 'stroke-width': line});
    const doubtful = Object.values(answers).filter(o => o.status !== 'ok');
    const tried = Object.keys(answers).length ? ` Tried: ${Object.keys(answers).length-doubtful.length} fields read for ` +
      `certain, ${doubtful.length} for a person${doubtful.map(o => `; ${o.name}: ${o.why}`).join('')}.` : '';
    status.textContent = (problem || `Fields: ${fields.length}. This template can be saved.`)+tried;
    undoButton.disabled = !past.length; redoButton.disabled = !future.length;
    arrange();
  }

  function arrange() { // the settings stand beside the chosen field
    const o = fields[chosen], scale = svg.clientWidth/w || 1;
    beside.hidden = !o || mode === 'draw';
    if (!o) { beside.dataset.of = ''; return }
    const now = JSON.stringify([chosen, o.kind]);
    if (beside.dataset.of !== now) { fill(o); beside.dataset.of = now }
    else for (const box of beside.querySelectorAll('[data-key]'))
      if (box !== document.activeElement && box !== el.getRootNode().activeElement) show(box, o);
    const [x, y, bw, bh] = o.box, below = (y+bh)*scale+8, above = y*scale-beside.offsetHeight-26;
    const fits = below+beside.offsetHeight < h*scale || above < 0;
    beside.style.top = `${fits ? below : above}px`;
    beside.style.left = `${Math.max(0, Math.min(x*scale, svg.clientWidth-beside.offsetWidth))}px`;
  }
  function show(box, o) {
    const key = box.dataset.key, v = o[key];
    if (box.type === 'checkbox') box.checked = v ?? key === 'required';
    else box.value = Array.isArray(v) ? v.join(key === 'pattern' ? '|' : ',') : v ?? '';
  }
  function fill(o) {
    beside.replaceChildren();
    for (const [key, kind] of Object.entries(settings)) {
      if (settingFits[key] && !settingFits[key].includes(o.kind)) continue;
      const box = make(Array.isArray(kind) ? 'select' : 'input');
      if (Array.isArray(kind)) for (const v of kind) box.add(new Option(v || '-', v)); else box.type = kind;
      box.dataset.key = key; show(box, o); box.onchange = () => store(box);
      beside.append(make('label', {}, key+' ', box));
    }
    beside.append(button('Remove', remove));
  }
  function store(box) {
    const key = box.dataset.key, o = {...fields[chosen]};
    if (box.type === 'checkbox') { if (box.checked === (key === 'required')) delete o[key]; else o[key] = box.checked }
    else if (box.value === '') delete o[key];
    else if (box.type === 'number') o[key] = Number(box.value);
    else if (key === 'options') o[key] = box.value.split(',').map(s => s.trim());
    else o[key] = key === 'pattern' && box.value.includes('|') ? box.value.split('|') : box.value; // values
    if ((key === 'n' || key === 'options') && o.cells && o.cells.length !== (o.n || (o.options || []).length)) delete o.cells;
    change(chosen, o);
  }

  function add(box, n) {
    let k = fields.length+1;
    while (fields.some(o => o.name === 'field '+k)) k++;
    update([...fields, {name: 'field '+k, kind: 'boxes', box, n}], fields.length); toSettings();
  }
  function remove() { if (fields[chosen]) { update(fields.filter((_, k) => k !== chosen), -1); svg.focus() } }
  function toSettings() { const o = beside.querySelector('[data-key=name]'); if (o) { o.focus({preventScroll: true}); o.select() } }
  function choose(n) {
    chosen = n; draw();
    const o = fields[n], scale = svg.clientWidth/w;
    if (o) view.scrollTo({left: o.box[0]*scale-40, top: o.box[1]*scale-view.clientHeight/3});
  }
  function magnify(to) {
    const at = [(view.scrollLeft+view.clientWidth/2)/zoom, (view.scrollTop+view.clientHeight/2)/zoom];
    zoom = Math.min(8, Math.max(1, to)); sheet.style.width = zoom*100+'%'; draw();
    view.scrollTo(at[0]*zoom-view.clientWidth/2, at[1]*zoom-view.clientHeight/2);
  }

  function position(e) {
    const r = svg.getBoundingClientRect(), p = [(e.clientX-r.left)*w/r.width, (e.clientY-r.top)*h/r.height];
    return [Math.min(w, Math.max(0, p[0])), Math.min(h, Math.max(0, p[1]))].map(Math.round);
  }
  const holds = (p, [x, y, bw, bh]) => p[0] >= x && p[0] <= x+bw && p[1] >= y && p[1] <= y+bh;
  svg.addEventListener('pointerdown', e => {
    if (e.button) return;
    e.preventDefault(); svg.focus({preventScroll: true}); svg.setPointerCapture(e.pointerId); from = position(e);
    const o = fields[chosen], near = o && Math.hypot(from[0]-o.box[0]-o.box[2], from[1]-o.box[1]-o.box[3]) < w/60/zoom;
    mode = near ? 'size' : o && holds(from, o.box) ? 'move' : 'draw';
  });
  svg.addEventListener('pointermove', e => {
    if (!from) return;
    const p = position(e), d = [p[0]-from[0], p[1]-from[1]], b = mode !== 'draw' && fields[chosen].box;
    if (mode === 'draw') drawn = [Math.min(from[0], p[0]), Math.min(from[1], p[1]), Math.abs(d[0]), Math.abs(d[1])];
    else if (mode === 'size') drawn = [b[0], b[1], Math.max(4, b[2]+d[0]), Math.max(4, b[3]+d[1])];
    else drawn = [Math.min(Math.max(0, b[0]+d[0]), w-b[2]), Math.min(Math.max(0, b[1]+d[1]), h-b[3]), b[2], b[3]];
    draw();
  });
  svg.addEventListener('pointerup', e => {
    const p = position(e), box = drawn, was = mode, moved = from && Math.hypot(p[0]-from[0], p[1]-from[1]) > w/300/zoom;
    from = drawn = null; mode = '';
    if (was === 'draw' && box && box[2] > w/100/zoom && box[3] > w/100/zoom) add(box, Math.max(1, Math.round(box[2]/box[3])));
    else if (was !== 'draw' && box && moved) change(chosen, placed(fields[chosen], box));
    else { chosen = fields.findLastIndex(o => holds(p, o.box)); draw() }
  });
  view.addEventListener('wheel', e => {
    if (e.ctrlKey) { e.preventDefault(); magnify(zoom*(e.deltaY < 0 ? 1.25 : .8)) }
  }, {passive: false});

  el.addEventListener('keydown', e => {
    const typing = beside.contains(e.target), o = fields[chosen], ctrl = e.ctrlKey || e.metaKey, key = e.key;
    const move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[key];
    if (typing && (key === 'Escape' || key === 'Enter')) { e.target.blur(); svg.focus() }
    else if (typing || e.target !== svg) { e.stopPropagation(); return }
    else if (ctrl && key.toLowerCase() === 'z') e.shiftKey ? back(future, past) : back(past, future);
    else if (ctrl && key.toLowerCase() === 'y') back(future, past);
    else if (ctrl) return;
    else if (key === 'Insert') add([w/4, h/4, w/4, w/20].map(Math.round), 5);
    else if ((key === 'PageDown' || key === 'PageUp') && fields.length)
      choose((chosen+(key === 'PageDown' ? 1 : Math.max(chosen, 0) === chosen ? -1 : 0)+fields.length) % fields.length);
    else if (key === 'Delete' || key === 'Backspace') remove();
    else if (key === 'Enter' && o) toSettings();
    else if (key === 'Escape') { chosen = -1; draw() }
    else if (key === '+' || key === '=') magnify(zoom*1.25);
    else if (key === '-') magnify(zoom*.8);
    else if (key === '0') magnify(1);
    else if (move && o) {
      const first = e.shiftKey ? 2 : 0, box = [...o.box];
      box[first] = Math.max(first, box[first]+move[0]); box[first+1] = Math.max(first, box[first+1]+move[1]);
      change(chosen, placed(o, box), `${chosen} ${first}`);
    } else return;
    e.preventDefault(); e.stopPropagation();
  });
  beside.onsubmit = e => e.preventDefault();

  const zooms = [button('−', () => magnify(zoom*.8)), button('+', () => magnify(zoom*1.25)), button('Whole form', () => magnify(1))];
  zooms[0].setAttribute('aria-label', 'Smaller'); zooms[1].setAttribute('aria-label', 'Larger');
  const file = make('input', {type: 'file', accept: 'image/*,.pdf'});
  file.onchange = () => { if (file.files[0]) { status.textContent = 'Reading …'; tryOn(file.files[0]) } file.value = '' };
  const trial = make('label', {className: 'pick'}, 'Try a filled sheet', file);
  el.append(make('div', {className: 'tools'}, undoButton, redoButton, ...zooms, trial), view, status,
    make('small', {}, editorKeys));
  return {
    put(list) { if (JSON.stringify(list) !== JSON.stringify(fields)) { fields = list.map(o => ({...o})); chosen = -1; past = []; future = [] } draw() },
    fields: () => fields,
    say(text) { problem = text; draw() },
    read(list) { answers = Object.fromEntries(list.map(o => [o.name, o])); draw() }};
}
