// Reads what is drawn on the canvas, here in the browser: hcr's preprocessing (preprocess.js) and `chars-tiny` in ONNX Runtime Web.
import * as ort from './ort.wasm.min.mjs'
import {charImage} from './preprocess.js'

const geometry = {size: 28, box: 24, center: 'box'}, byId = id => document.getElementById(id)
const canvas = byId('hcr-canvas'), pen = canvas.getContext('2d', {willReadFrequently: true})
ort.env.wasm.numThreads = 1
ort.env.wasm.wasmPaths = new URL('.', import.meta.url).href
const here = name => new URL(name, import.meta.url).href
const vocab = (await (await fetch(here('vocab.json'))).json())
const session = await ort.InferenceSession.create(here('chars-tiny.onnx'))

// Probabilities of a character image {w, h, a}
export async function read(im) {
  const out = await session.run({image: new ort.Tensor('uint8', Uint8Array.from(im.a), [1, 28, 28])})
  return Array.from(Object.values(out)[0].data)
}

function ink() {
  const {width: w, height: h} = canvas, data = pen.getImageData(0, 0, w, h).data
  return {w, h, a: Float64Array.from({length: w * h}, (_, i) => data[4 * i])}
}

async function show() {
  const im = charImage(ink(), geometry)
  byId('hcr-answer').textContent = im ? '' : 'Draw a digit or a letter.'
  byId('hcr-bars').replaceChildren()
  if (!im) return
  const seen = byId('hcr-seen').getContext('2d'), picture = seen.createImageData(28, 28)
  im.a.forEach((o, i) => picture.data.set([o, o, o, 255], 4 * i))
  seen.putImageData(picture, 0, 0)
  const probs = await read(im), best = probs.map((p, i) => [p, vocab[i]]).sort((a, b) => b[0] - a[0]).slice(0, 5)
  for (const [p, c] of best) {
    const row = document.createElement('div'), bar = document.createElement('meter')
    bar.value = p
    row.append(`${c} `, bar, ` ${(100 * p).toFixed(1)}%`)
    byId('hcr-bars').append(row)
  }
  byId('hcr-answer').textContent = best[0][1]
}

function clear() {
  pen.fillStyle = 'black'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  byId('hcr-seen').getContext('2d').clearRect(0, 0, 28, 28)
  show()
}

let last = null
const at = e => { const r = canvas.getBoundingClientRect(); return [(e.clientX - r.left) * canvas.width / r.width, (e.clientY - r.top) * canvas.height / r.height] }
canvas.addEventListener('pointerdown', e => { canvas.setPointerCapture(e.pointerId); last = at(e); line(last) })
canvas.addEventListener('pointermove', e => { if (last) line(at(e)) })
canvas.addEventListener('pointerup', () => { last = null; show() })
function line(to) {
  Object.assign(pen, {strokeStyle: 'white', lineWidth: 16, lineCap: 'round', lineJoin: 'round'})
  pen.beginPath()
  pen.moveTo(...last)
  pen.lineTo(...to)
  pen.stroke()
  last = to
}
byId('hcr-clear').addEventListener('click', clear)
clear()
document.body.dataset.demo = 'ready'
