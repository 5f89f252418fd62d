// A presentation: one part of the page at a time, by arrow keys and by two buttons. A part begins at a heading and
// at each block that says so; where the parts of a page are over, the next page comes.
const PAGE = "[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock]"
const BEGINS = "h2, [class*='st-key-part-'], .st-key-controls, .st-key-results"
const BLOCK = "[data-testid=stLayoutWrapper], [data-testid=stVerticalBlock], [data-testid=stHorizontalBlock], [data-testid=stColumn]"
// What a page's first part needs besides words: its title alone is none.
const SHOWS = ["BidiComponent", "Image", "PlotlyChart", "VegaLiteChart", "DataFrame", "Metric", "Button", "Tabs"]
  .map((kind) => `.st${kind}, [data-testid=st${kind}]`).join(", ")
const WAY = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }
const OWN_KEYS =
  "input, textarea, select, canvas, video, [contenteditable=true], [data-testid=stButtonGroup], [role=slider], " +
  "[role=tablist], [role=radiogroup], [role=listbox], [role=combobox], [role=menu], [role=grid], [role=dialog]"
const OPEN = "[role=dialog], [data-baseweb=popover]:not(:has([data-testid=stTooltipContent]))"
const OWN_WAY = { 1: ".st-key-next button", "-1": ".st-key-previous button" } // a lesson's, from step to step
const states = new WeakMap()

export default function ({ data, parentElement }) {
  let state = states.get(parentElement)
  if (!state) states.set(parentElement, (state = present(parentElement)))
  state.take(data)
  return state.end
}

// -- the parts of a page

/** The elements of a block that stand for themselves, each with whether a part begins there. */
function elements(block, found = [], begins = { now: false }) {
  for (const child of block.children) {
    if (child.matches(".st-key-presentation, :has(> .st-key-presentation)")) continue
    if (child.matches(BEGINS)) begins.now = true
    if (child.matches(BLOCK) && child.querySelector(BEGINS)) elements(child, found, begins)
    else {
      found.push({ element: child, begins: begins.now || child.querySelector("h2") !== null })
      begins.now = false
    }
  }
  return found
}

function partsOf(block) {
  const parts = [[]]
  for (const { element, begins } of elements(block)) {
    const isMore = parts.length > 1 || parts[0].some((each) => each.matches(SHOWS) || each.querySelector(SHOWS))
    if (begins && isMore) parts.push([element])
    else parts.at(-1).push(element)
  }
  return parts
}

/** Marks a block and what is in it; whether any of it is here. */
function mark(block, here) {
  let isAny = false
  for (const child of block.children) {
    const isHere = here.has(child) || (child.matches(BLOCK) && child.querySelector(BEGINS) !== null && mark(child, here))
    if (!child.matches(".st-key-presentation, :has(> .st-key-presentation)")) set(child, isHere)
    isAny ||= isHere
  }
  return isAny
}

function set(element, isHere) {
  const said = isHere ? "here" : "away"
  if (element.dataset.part === said) return
  element.dataset.part = said
  element.inert = !isHere
}

// -- the presentation

function present(root) {
  document.querySelector("[data-testid=stSidebar] [data-testid=stPopover] [aria-expanded=true]")?.click() // it began there
  const [back, place, on] = [".back", ".place", ".on"].map((each) => root.querySelector(each))
  let page, number, count, waits
  const observer = new MutationObserver(soon)

  function take(data) {
    if (page !== data.page) number = Math.max(1, parseInt(new URL(location.href).searchParams.get("present")) || 1)
    page = data.page
    observer.observe(document.body, { childList: true, subtree: true })
    addEventListener("keydown", key)
    show()
  }

  function end() {
    observer.disconnect()
    removeEventListener("keydown", key)
    cancelAnimationFrame(waits)
    for (const each of document.querySelectorAll("[data-part]")) {
      delete each.dataset.part
      each.inert = false
    }
  }

  function soon() {
    cancelAnimationFrame(waits)
    waits = requestAnimationFrame(show)
  }

  function show() {
    const block = document.querySelector(PAGE)
    if (!block) return
    const parts = partsOf(block)
    count = parts.length
    const shown = Math.min(number, count) // a page that is still being drawn may have more soon
    mark(block, new Set(parts[shown - 1]))
    const words = `${shown} of ${count}`
    if (place.textContent !== words) place.textContent = words
    if (shown === number) write(String(shown))
    back.disabled = shown === 1 && !further(-1)
    on.disabled = shown === count && !further(1)
  }

  /** Completes the address, which is no step back. */
  function write(part) {
    const address = new URL(location.href)
    if ([null, part].includes(address.searchParams.get("present"))) return
    address.searchParams.set("present", part)
    history.replaceState(history.state, "", address)
  }

  /** What leads beyond the page's parts: to the next step of a lesson, or to the next page. */
  function further(way) {
    const pages = [...document.querySelectorAll("[data-testid=stSidebar] [data-testid=stPageLink] a")]
    // Home's link has an empty address, which is any page's.
    const here = pages.findLastIndex((each) => new URL(each.href).pathname === location.pathname)
    return document.querySelector(OWN_WAY[way]) ?? (here < 0 ? undefined : pages[here + way])
  }

  function go(way) {
    const there = Math.min(number, count) + way
    if (there < 1 || there > count) {
      further(way)?.click()
      number = 1
    } else number = there
    show()
    document.querySelector("[data-testid=stMain]").scrollTo(0, 0)
  }

  function key(event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const isOwn = event.composedPath().some((each) => each.matches?.(OWN_KEYS))
    if (event.key === "Escape" && !document.querySelector(OPEN)) document.querySelector(".st-key-end-presentation button")?.click()
    if (WAY[event.key] && !isOwn) {
      event.preventDefault()
      go(WAY[event.key])
    }
  }

  back.onclick = () => go(-1)
  on.onclick = () => go(1)
  return { take, end }
}
