// What `hcr.preprocess.char_image` does, for ink that is drawn: an image is {w, h, a} with `a` its values row by row,
// white on black. Every step is named as in Python, and `docs/browser.py` compares the two.

const round = x => { const r = Math.round(x); return Math.abs(x % 1) === .5 && r % 2 ? r - 1 : r } // half to even, as Python rounds

function bounds(im, above = 0) {
  let [top, left, bottom, right] = [im.h, im.w, -1, -1]
  for (let y = 0; y < im.h; y++) for (let x = 0; x < im.w; x++) if (im.a[y * im.w + x] > above) {
    top = Math.min(top, y); bottom = Math.max(bottom, y); left = Math.min(left, x); right = Math.max(right, x)
  }
  return bottom < 0 ? null : {top, left, h: bottom - top + 1, w: right - left + 1}
}

function cut(im, b) {
  const out = {w: b.w, h: b.h, a: new Float64Array(b.w * b.h)}
  for (let y = 0; y < b.h; y++) for (let x = 0; x < b.w; x++) out.a[y * b.w + x] = im.a[(y + b.top) * im.w + x + b.left]
  return out
}

function pad(im, n) {
  const out = {w: im.w + 2 * n, h: im.h + 2 * n, a: new Float64Array((im.w + 2 * n) * (im.h + 2 * n))}
  for (let y = 0; y < im.h; y++) for (let x = 0; x < im.w; x++) out.a[(y + n) * out.w + x + n] = im.a[y * im.w + x]
  return out
}

// For each new position: [old position, weight] pairs
function areaWeights(from, to) {
  const scale = from / to
  return Array.from({length: to}, (_, i) => {
    const [a, b, out] = [i * scale, Math.min((i + 1) * scale, from), []]
    for (let j = Math.floor(a); j < b; j++) out.push([Math.min(j, from - 1), (Math.min(b, j + 1) - Math.max(a, j)) / (b - a)])
    return out.filter(o => o[1] > 1e-9)
  })
}

function cubicWeights(from, to) {
  const [scale, A] = [from / to, -.75]
  return Array.from({length: to}, (_, i) => {
    const at = (i + .5) * scale - .5, first = Math.floor(at), t = at - first
    const w = [((A * (t + 1) - 5 * A) * (t + 1) + 8 * A) * (t + 1) - 4 * A, ((A + 2) * t - (A + 3)) * t * t + 1,
      ((A + 2) * (1 - t) - (A + 3)) * (1 - t) * (1 - t) + 1]
    return [...w, 1 - w[0] - w[1] - w[2]].map((o, k) => [Math.min(Math.max(first - 1 + k, 0), from - 1), o])
  })
}

function resize(im, w, h, shrinks) {
  const weights = shrinks ? areaWeights : cubicWeights
  const [xs, ys] = [weights(im.w, w), weights(im.h, h)]
  const wide = new Float64Array(w * im.h), out = {w, h, a: new Float64Array(w * h)}
  for (let y = 0; y < im.h; y++) for (let x = 0; x < w; x++) for (const [j, k] of xs[x]) wide[y * w + x] += k * im.a[y * im.w + j]
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) for (const [j, k] of ys[y]) out.a[y * w + x] += k * wide[j * w + x]
  return out
}

const bytes = im => ({...im, a: im.a.map(o => Math.min(Math.max(round(o), 0), 255))})

// Pieces of pixels above `above`, neighbours along edges and corners
function pieces(im, above = 127) {
  const label = new Int32Array(im.w * im.h)
  let n = 0
  for (let start = 0; start < label.length; start++) {
    if (label[start] || im.a[start] <= above) continue
    const stack = [start]
    label[start] = ++n
    while (stack.length) {
      const at = stack.pop(), x = at % im.w, y = (at - x) / im.w
      for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, im.h - 1); v++) for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, im.w - 1); u++) {
        const k = v * im.w + u
        if (!label[k] && im.a[k] > above) { label[k] = n; stack.push(k) }
      }
    }
  }
  return n
}

// The length of all borders of a mask, outer ones and those of holes (Suzuki and Abe, 1985)
function borders(mask, w, h) {
  const f = new Int32Array(mask), step = [[0, 1], [1, 1], [1, 0], [1, -1], [0, -1], [-1, -1], [-1, 0], [-1, 1]] // clockwise: dy, dx
  const at = (y, x, d) => (y + step[d][0]) * w + x + step[d][1]
  let [total, n] = [0, 1]
  for (let y = 1; y < h - 1; y++) for (let x = 1; x < w - 1; x++) {
    const i = y * w + x
    let d
    if (f[i] === 1 && f[i - 1] === 0) d = 4
    else if (f[i] >= 1 && f[i + 1] === 0) d = 0
    else continue
    n++
    let k = 0, s = d
    for (; k < 8 && f[at(y, x, s)] === 0; k++) s = (s + 1) % 8
    if (k === 8) { f[i] = -n; continue }
    const first = [y + step[s][0], x + step[s][1]]
    let [cy, cx, back] = [y, x, s]
    for (;;) {
      let o = (back + 7) % 8, right = false
      while (f[at(cy, cx, o)] === 0) { if (o === 0) right = true; o = (o + 7) % 8 }
      const c = cy * w + cx
      if (right) f[c] = -n; else if (f[c] === 1) f[c] = n
      const [ny, nx] = [cy + step[o][0], cx + step[o][1]]
      total += o % 2 ? Math.SQRT2 : 1
      if (ny === y && nx === x && cy === first[0] && cx === first[1]) break;
      [cy, cx, back] = [ny, nx, (o + 4) % 8]
    }
  }
  return total
}

function meanStroke(im) {
  const p = pad(im, 1), mask = Int32Array.from(p.a, o => o > 127 ? 1 : 0), around = borders(mask, p.w, p.h)
  return around ? 2 * mask.reduce((a, b) => a + b, 0) / around : 0
}

// Brightest (or darkest) value under a disc
function spread(im, k, grow) {
  const out = {...im, a: new Float64Array(im.a.length)}
  for (let y = 0; y < im.h; y++) for (let x = 0; x < im.w; x++) {
    let best = grow ? 0 : 255
    for (let dy = -k; dy <= k; dy++) {
      const v = y + dy, reach = round(k * Math.sqrt((k * k - dy * dy) / (k * k)))
      if (v < 0 || v >= im.h) continue
      for (let u = Math.max(x - reach, 0); u <= Math.min(x + reach, im.w - 1); u++) {
        const o = im.a[v * im.w + u]
        if (grow ? o > best : o < best) best = o
      }
    }
    out.a[y * im.w + x] = best
  }
  return out
}

function blur(im, sigma) {
  const r = round(sigma * 6 + 1) >> 1, g = Array.from({length: 2 * r + 1}, (_, i) => Math.exp(-((i - r) ** 2) / (2 * sigma * sigma)))
  const sum = g.reduce((a, b) => a + b), mirror = (i, n) => i < 0 ? -i : i >= n ? 2 * n - 2 - i : i
  const wide = new Float64Array(im.a.length), out = {...im, a: new Float64Array(im.a.length)}
  for (let y = 0; y < im.h; y++) for (let x = 0; x < im.w; x++) for (let d = -r; d <= r; d++) wide[y * im.w + x] += g[d + r] / sum * im.a[y * im.w + mirror(x + d, im.w)]
  for (let y = 0; y < im.h; y++) for (let x = 0; x < im.w; x++) for (let d = -r; d <= r; d++) out.a[y * im.w + x] += g[d + r] / sum * wide[mirror(y + d, im.h) * im.w + x]
  return bytes(out)
}

export function setStroke(ink, box, low = .085, high = .16) {
  const part = cut(ink, bounds(ink, 20)), n = 4 * box, scale = n / Math.max(part.w, part.h)
  let im = pad(bytes(resize(part, Math.max(1, round(part.w * scale)), Math.max(1, round(part.h * scale)), scale < 1)), Math.floor(n / 5))
  const now = meanStroke(im) / n, k = round(n / 2 * (Math.min(Math.max(now, low), high) - now))
  if (k) {
    const changed = spread(im, Math.abs(k), k > 0)
    const count = o => o.a.some(v => v > 200) ? pieces(o) + 1 : o.a.length
    if (count(changed) <= count(im)) im = changed
    im = blur(im, 1.2)
  }
  return {...im, a: im.a.map(o => o > 20 ? o : 0)}
}

export function fitBox(ink, box) {
  const part = cut(ink, bounds(ink)), scale = box / Math.max(part.w, part.h)
  const small = resize(part, Math.max(1, round(part.w * scale)), Math.max(1, round(part.h * scale)), scale < 1)
  const top = small.a.reduce((a, b) => Math.max(a, b), 0)
  return bytes({...small, a: small.a.map(o => Math.max(o, 0) * 255 / top)})
}

export function place(small, geometry) {
  const n = geometry.size, out = {w: n, h: n, a: new Float64Array(n * n)}
  let corner = [Math.floor((n - small.h) / 2), Math.floor((n - small.w) / 2)]
  if (geometry.center === 'mass') {
    let [sum, my, mx] = [0, 0, 0]
    for (let y = 0; y < small.h; y++) for (let x = 0; x < small.w; x++) { const o = small.a[y * small.w + x]; sum += o; my += o * y; mx += o * x }
    corner = [Math.floor(n / 2 - my / sum + .5), Math.floor(n / 2 - mx / sum + .5)]
  }
  const [top, left] = [Math.min(Math.max(corner[0], 0), n - small.h), Math.min(Math.max(corner[1], 0), n - small.w)]
  for (let y = 0; y < small.h; y++) for (let x = 0; x < small.w; x++) out.a[(y + top) * n + x + left] = small.a[y * small.w + x]
  return out
}

// The ink of one character as hcr's models see it; null if there is none
export function charImage(ink, geometry) {
  return bounds(ink, 100) && place(fitBox(setStroke(ink, geometry.box), geometry.box), geometry)
}
