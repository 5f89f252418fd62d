// A film of small pictures that can be played, paused and moved through by hand.
const SIDE = 28
const SECONDS = 3 // for the whole film
const states = new WeakMap()

export default function ({ data, parentElement }) {
  let state = states.get(parentElement)
  if (!state) {
    state = makePlayer(parentElement)
    states.set(parentElement, state)
  }
  state.show(data)
  return state.pause
}

function makePlayer(root) {
  const [button, slider] = [root.querySelector("button"), root.querySelector("input")]
  const screens = root.querySelector(".screens")
  const film = new Image()
  let tiles = []
  let request = 0
  let shown = "" // the film's address

  function draw() {
    if (!film.complete || !film.naturalWidth) return
    const frame = Number(slider.value)
    tiles.forEach((tile, row) => tile.drawImage(film, frame * SIDE, row * SIDE, SIDE, SIDE, 0, 0, SIDE, SIDE))
    screens.dataset.frame = frame
  }

  function label() {
    button.textContent = request ? "Pause" : "Play"
  }

  function pause() {
    cancelAnimationFrame(request)
    request = 0
    label()
  }

  function play() {
    const last = Number(slider.max)
    if (Number(slider.value) >= last) slider.value = 0
    const first = Number(slider.value)
    let began
    function next(now) {
      began ??= now
      slider.value = Math.min(last, first + Math.floor(((now - began) / 1000 / SECONDS) * last))
      draw()
      if (Number(slider.value) >= last) return pause()
      request = requestAnimationFrame(next)
    }
    request = requestAnimationFrame(next)
    label()
  }

  function screen(name) {
    const figure = document.createElement("figure")
    const canvas = document.createElement("canvas")
    const caption = document.createElement("figcaption")
    canvas.width = canvas.height = SIDE
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", `Film ${name}`)
    caption.textContent = name
    figure.append(canvas, caption)
    screens.append(figure)
    return canvas.getContext("2d")
  }

  film.onload = draw
  button.onclick = () => (request ? pause() : play())
  slider.oninput = () => {
    pause()
    draw()
  }
  label()

  return {
    pause,
    show({ film: source, frames, names }) {
      if (source === shown) return // another theme, the same film
      shown = source
      pause()
      slider.max = frames - 1
      screens.replaceChildren()
      tiles = names.map(screen)
      film.src = source
    },
  }
}
