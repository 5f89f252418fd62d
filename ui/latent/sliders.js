// A code that sliders along its principal components make, decoded while they move.
const states = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let state = states.get(parentElement)
  if (!state) {
    const keep = (places) => setStateValue("places", places)
    state = makeSliders(parentElement, keep, () => setTriggerValue("cannot", true))
    states.set(parentElement, state)
  }
  state.take(data)
}

function makeSliders(root, keep, giveUp) {
  const find = (selector) => root.querySelector(selector)
  const screen = find(".decoded canvas")
  let data, network, lab, paint
  let geometry // of the codes: mean, axes, known and beyond as numbers
  let places = []
  let request = 0

  function take(given) {
    const isAsked = data?.adopted !== given.adopted
    const isKnown = data?.model === given.model
    data = given
    find(".real").textContent = data.near
    if (isKnown) {
      places = isAsked ? data.places.slice() : places
      return network && show()
    }
    network = undefined
    import(new URL(given.module, location.href))
      .then((module) => {
        lab = module
        return lab.ready(given)
      })
      .then((found) => {
        if (data.model !== given.model) return
        ;({ network, paint } = found)
        geometry = Object.fromEntries(["mean", "axes", "known", "beyond"].map((name) => [name, lab.floats(data[name])]))
        places = data.places.slice()
        makeRows()
        show()
      }, giveUp)
  }

  function makeRows() {
    const rows = Object.entries(data.labels).map(([number, words]) => {
      const row = document.createElement("label")
      const input = Object.assign(document.createElement("input"), { type: "range" })
      const [low, high] = [data.low[number], data.high[number]]
      Object.assign(input, { min: low, max: high, step: (high - low) / 200, value: places[number] })
      input.dataset.number = number
      input.setAttribute("aria-label", words)
      input.oninput = () => {
        places[number] = Number(input.value)
        request ||= requestAnimationFrame(show)
      }
      input.onchange = () => keep(places)
      row.append(words, document.createElement("output"), input)
      return row
    })
    find(".sliders").replaceChildren(...rows)
  }

  function show() {
    request = 0
    for (const input of root.querySelectorAll("input")) {
      input.value = places[input.dataset.number]
      input.previousElementSibling.textContent = places[input.dataset.number].toFixed(2)
    }
    paint.ink(screen, network.decode(code()))
    lab.tellDistance(find(".told"), lab.nearestDistance(places, geometry.known, geometry.beyond), data.usual, count())
  }

  const count = () => geometry.beyond.length

  function code() {
    const { mean, axes } = geometry
    return mean.map((value, at) => places.reduce((sum, place, axis) => sum + place * axes[axis * mean.length + at], value))
  }

  function go(wanted) {
    if (!network) return
    places = wanted.map((place, axis) => Math.min(data.high[axis], Math.max(data.low[axis], place)))
    show()
    keep(places)
  }

  find(".centre").onclick = () => go(places.map(() => 0))
  find(".real").onclick = () => {
    const start = Math.floor(Math.random() * count()) * places.length
    go([...geometry.known.subarray(start, start + places.length)])
  }

  return { take }
}
