// Streamlit makes every address that the server writes a step of the back button. A step is what changes a page
// or a value; what only adds or leaves out a value completes the address of the step that there is. So does a
// stroke: a canvas has its own way back.
const NO_STEP = "drawing"

function isStep(from, to) {
  if (from.pathname !== to.pathname) return true
  return [...to.searchParams].some(([key, value]) => key !== NO_STEP && (from.searchParams.get(key) ?? value) !== value)
}

function tellStepsApart() {
  const push = history.pushState
  if (push.tellsStepsApart) return
  let wentBack = false
  addEventListener("popstate", () => (wentBack = true))
  addEventListener("click", () => (wentBack = false), true)

  history.pushState = function (state, title, address) {
    const here = new URL(location.href)
    const there = new URL(address, here)
    // An answer that was still on its way for the page that Back has left: nobody went there again.
    if (wentBack && there.pathname !== here.pathname) return
    const write = isStep(here, there) ? push : history.replaceState
    write.call(history, state, title, address)
  }
  history.pushState.tellsStepsApart = true
}

// Until the browser is closed: a visitor is whoever sits at it now.
function knowAgain({ cookie, secret }) {
  const known = new RegExp(`(?:^|; )${cookie}=([0-9a-f]{32})(?:;|$)`).exec(document.cookie)
  if (!known) document.cookie = `${cookie}=${secret}; path=/; SameSite=Lax`
  return known ? known[1] : secret
}

// Streamlit's dialog on a lost connection names a command of its own.
const LOST = "The lab does not answer"
const WHY =
  "It was stopped, or the network is away. This page looks for it again and again: leave it open, and go on once it " +
  "is back. Trainings are on disk and go on. Whoever runs the lab starts it again with: make run"

// And it runs an app's main page where a person came to read of a lab.
const NO_PAGE = "Running the app's main page"
const INSTEAD = "The lab has no page at this address: here is Home. The sidebar names them all."

function wordTheUnknown() {
  for (const said of document.querySelectorAll("[role=dialog] div:not(:has(*))"))
    if (said.textContent.includes(NO_PAGE)) said.textContent = INSTEAD
}

function wordTheLoss() {
  if (globalThis.labWordsTheLoss) return
  globalThis.labWordsTheLoss = new MutationObserver(() => {
    wordTheUnknown()
    const block = document.querySelector("[role=dialog] [data-testid=stErrorCodeBlock]")
    const title = block?.closest("[role=dialog]").querySelector("h2")
    if (!title || title.textContent === LOST) return
    title.firstChild.nodeValue = LOST
    block.previousElementSibling.firstChild.nodeValue = WHY
  })
  globalThis.labWordsTheLoss.observe(document.body, { childList: true, subtree: true })
}

// Keys go into what they open, and back to where they were once it is closed: Streamlit leaves them at the page's end.
const OPENED = "[role=dialog]"
const TAKES_KEYS = "button, input, select, textarea, a[href]"

function leadKeys() {
  if (globalThis.labLeadsKeys) return
  let opener, isLeading
  let open = 0
  addEventListener("focusin", ({ target }) => {
    if (!target.closest(OPENED)) opener = target
  })
  globalThis.labLeadsKeys = new MutationObserver(() => {
    const all = [...document.querySelectorAll(OPENED)]
    const newest = all.at(-1)
    if (all.length > open) isLeading = document.activeElement.matches(":focus-visible")
    if (isLeading && newest && !newest.contains(document.activeElement)) newest.querySelector(TAKES_KEYS)?.focus()
    if (newest?.contains(document.activeElement)) isLeading = false
    if (open && !all.length && document.activeElement === document.body) opener?.focus()
    open = all.length
  })
  globalThis.labLeadsKeys.observe(document.body, { childList: true, subtree: true })
}

// On a phone the list of pages covers the page that was chosen from it.
const NARROW = "(max-width: 768px)"
const PAGES = "[data-testid=stSidebar] [data-testid=stPageLink] a"

function makeRoom() {
  if (globalThis.labMakesRoom) return
  globalThis.labMakesRoom = true
  addEventListener("click", ({ target }) => {
    if (!target.closest?.(PAGES) || !matchMedia(NARROW).matches) return
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click()
  })
}

let telling

// To a server that is away Streamlit sends nothing, and logs an error. Where it does not say, it is tried.
function isConnected() {
  const state = document.querySelector("[data-test-connection-state]")
  return !state || state.dataset.testConnectionState === "CONNECTED"
}

export default function ({ data, setTriggerValue }) {
  tellStepsApart()
  wordTheLoss()
  leadKeys()
  makeRoom()
  const secret = knowAgain(data)
  clearInterval(telling)
  if (data.ready) return
  const tell = () => isConnected() && setTriggerValue("ready", secret)
  tell()
  telling = setInterval(tell, 1000) // a first word can be lost while the page is still being drawn
  return () => clearInterval(telling)
}
