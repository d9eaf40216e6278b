// What the page and the widgets share: a drawing pad, taking pictures, comparing what was read with what a person says.

// Turn a canvas into a pad; `changed` is called a moment after each stroke. Points are in parts of the pad's side.
function makePad(canvas, changed) {
  const ctx = canvas.getContext('2d'), pen = {x: .5, y: .2, down: false, seen: false};
  let strokes = [], stroke = null, pointer = null, timer = 0;
  function paint(cross) {
    const n = canvas.width;
    ctx.fillStyle = '#fff'; ctx.fillRect(0, 0, n, n);
    ctx.strokeStyle = '#111'; ctx.lineWidth = .07*n; ctx.lineCap = ctx.lineJoin = 'round';
    for (const s of strokes) {
      ctx.beginPath(); ctx.moveTo(s[0].x*n, s[0].y*n);
      for (const p of s) ctx.lineTo(p.x*n+.01, p.y*n);
      ctx.stroke();
    }
    if (!cross || !pen.seen || document.activeElement !== canvas && !canvas.matches(':focus')) return;
    ctx.strokeStyle = pen.down ? '#d9480f' : '#4c7ae0'; ctx.lineWidth = .008*n; ctx.beginPath();
    ctx.moveTo((pen.x-.04)*n, pen.y*n); ctx.lineTo((pen.x+.04)*n, pen.y*n);
    ctx.moveTo(pen.x*n, (pen.y-.04)*n); ctx.lineTo(pen.x*n, (pen.y+.04)*n); ctx.stroke();
  }
  function begin(p) { strokes.push(stroke = [p]); clearTimeout(timer); paint(true) }
  function end() { stroke = null; pointer = null; notify(400) }
  function notify(wait) { clearTimeout(timer); timer = setTimeout(changed, wait); paint(true) }
  function clear() { strokes = []; stroke = null; pen.down = false; notify(0) }
  function undo() { strokes.pop(); stroke = null; pen.down = false; notify(0) }

  function position(e) {
    const r = canvas.getBoundingClientRect();
    return {x: (e.clientX-r.left)/r.width, y: (e.clientY-r.top)/r.height};
  }
  canvas.addEventListener('pointerdown', e => {
    if (e.button || pointer !== null) return;
    e.preventDefault(); canvas.setPointerCapture(e.pointerId);
    pointer = e.pointerId; pen.down = pen.seen = false; begin(position(e));
  });
  canvas.addEventListener('pointermove', e => {
    if (e.pointerId !== pointer || !stroke) return;
    const events = e.getCoalescedEvents ? e.getCoalescedEvents() : [];
    for (const o of events.length ? events : [e]) stroke.push(position(o));
    paint(true);
  });
  for (const o of ['pointerup', 'pointercancel'])
    canvas.addEventListener(o, e => { if (e.pointerId === pointer) end() });

  const moves = {ArrowLeft: [-.04, 0], ArrowRight: [.04, 0], ArrowUp: [0, -.04], ArrowDown: [0, .04]};
  canvas.addEventListener('keydown', e => {
    const move = moves[e.key];
    if (move) {
      pen.seen = true;
      pen.x = Math.min(.96, Math.max(.04, pen.x+move[0])); pen.y = Math.min(.96, Math.max(.04, pen.y+move[1]));
      if (pen.down) stroke.push({x: pen.x, y: pen.y});
      paint(true);
    } else if (e.key === ' ') {
      pen.seen = true; pen.down = !pen.down;
      if (pen.down) begin({x: pen.x, y: pen.y}); else end();
    } else if (e.key === 'Backspace' || e.key === 'z' && (e.ctrlKey || e.metaKey)) undo();
    else if (e.key === 'Delete') clear();
    else if (e.key === 'Enter') { pen.down = false; stroke = null; notify(0) }
    else return;
    e.preventDefault(); e.stopPropagation();
  });
  for (const o of ['focus', 'blur']) canvas.addEventListener(o, () => paint(true));
  paint(true);
  return {clear, undo, empty: () => !strokes.length, url() {
    paint(false); const url = canvas.toDataURL('image/png'); paint(true); return url;
  }};
}

// Take pictures that are dropped or pasted onto `target`
function takeImages(target, take) {
  const first = list => [...(list || [])].find(o => o.type.startsWith('image/'));
  target.addEventListener('dragover', e => { e.preventDefault(); target.classList.add('hcr-over') });
  target.addEventListener('dragleave', () => target.classList.remove('hcr-over'));
  target.addEventListener('drop', e => {
    e.preventDefault(); target.classList.remove('hcr-over');
    const file = first(e.dataTransfer.files); if (file) take(file);
  });
  target.addEventListener('paste', e => {
    const file = first(e.clipboardData && e.clipboardData.files);
    if (file) { e.preventDefault(); take(file) }
  });
}

// The bytes of an image given as a data: address
const toBytes = url => Uint8Array.from(atob(url.split(',')[1]), c => c.charCodeAt(0));

// [index, right character] of each character read wrong; none if it is not clear which of `count` pictures is which
function wrongChars(read, right, count) {
  const letters = s => [...s].filter(c => /[\p{L}\p{N}]/u.test(c)), was = letters(read), now = letters(right);
  if (was.length !== now.length || now.length !== count) return [];
  return [...now.entries()].filter(([i, c]) => c !== was[i]);
}
