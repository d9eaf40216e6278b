// What all widgets share: an element with what is inside it, and a button
function make(tag, set, ...inside) {
  const o = Object.assign(document.createElement(tag), set); o.append(...inside); return o;
}
const button = (text, act) => make('button', {type: 'button', textContent: text, onclick: act});
