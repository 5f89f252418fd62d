// One picture of many digits beneath a button for each; the chosen one is framed.
const LARGEST = 3 // times its own pixels
const states = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  let state = states.get(parentElement)
  if (!state) {
    state = makeGallery(parentElement, (digit) => setStateValue("digit", digit))
    states.set(parentElement, state)
  }
  state.take(data)
}

function makeGallery(root, tell) {
  const [picture, over] = root.querySelectorAll("img")
  const places = root.querySelector(".places")
  let data, chosen

  function take(given) {
    const isNew = data?.picture !== given.picture
    data = given
    if (isNew) {
      picture.src = data.picture
      picture.alt = data.alt
      places.setAttribute("aria-label", data.called)
      over.src = data.over
      picture.parentElement.style.maxWidth = `${LARGEST * data.size[0]}px`
      places.replaceChildren(...data.captions.map(button))
    }
    mark(Math.max(0, data.digits.indexOf(data.chosen)))
  }

  function button(caption, at) {
    const { columns, block, step, size } = data
    const [line, column] = [Math.floor(at / columns), at % columns]
    const share = (value, axis) => `${(100 * value) / size[axis]}%`
    const made = document.createElement("button")
    made.className = [line === 0 && "first-line", column < 3 && "left", column > 6 && "right"].filter(Boolean).join(" ")
    made.setAttribute("role", "option")
    made.setAttribute("aria-label", caption)
    Object.assign(made.style, {
      left: share(column * step[0], 0), top: share(line * step[1], 1),
      width: share(block[0], 0), height: share(block[1], 1),
    })
    made.onclick = () => choose(at)
    return made
  }

  function mark(at) {
    chosen = at
    for (const [place, each] of [...places.children].entries()) {
      each.setAttribute("aria-selected", place === at)
      each.tabIndex = place === at ? 0 : -1
    }
  }

  function choose(at) {
    mark(at)
    tell(data.digits[at])
  }

  places.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -data.columns, ArrowDown: data.columns }
    const there = places.children[chosen + steps[event.key]]
    if (!there) return
    event.preventDefault()
    choose(chosen + steps[event.key])
    there.focus()
  })

  return { take }
}
