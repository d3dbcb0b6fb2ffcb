// Archives with progress. An interrupted archive resumes where it ended if the server has ranges of it, else it starts again.
import { announce, fileName, save, size } from "./common.js"

const maxHeld = 512 << 20 // larger archives are left to the browser's own downloads
const maxRetries = 5
const maxAddress = 16_000
const wait = ms => new Promise(done => setTimeout(done, ms))
const part = id => document.getElementById(id)

// transfer is one archive on its way.
class transfer {
  constructor(url, show) {
    Object.assign(this, { url, show, parts: [], held: 0, total: 0, etag: null, paused: false, done: false, name: "files.zip" })
  }

  async run() {
    for (let tries = 0; ; tries++) {
      this.abort = new AbortController()
      const before = this.held
      try {
        await this.fetch()
        this.done = true
        return save(this.parts, "application/zip", this.name)
      } catch (error) {
        if (this.paused || this.cancelled || error.final) throw error
        if (this.held > before) tries = 0
        if (tries >= maxRetries) throw new Error("The connection failed too often.")
        this.show(this, "Interrupted. Resuming…")
        await wait(Math.min(500 * 2 ** tries, 8000))
        if (this.paused || this.cancelled) throw error
      }
    }
  }

  async fetch() {
    const headers = {}
    if (this.held && this.etag) Object.assign(headers, { Range: `bytes=${this.held}-`, "If-Range": this.etag })
    const response = await fetch(this.url, { headers, signal: this.abort.signal, cache: "no-store" })
    if (response.status >= 400 && response.status < 500) {
      throw Object.assign(new Error(response.status === 404 ? "A file was deleted meanwhile. Reload the page." :
        response.status === 413 ? "There are too many files for one archive." : `The server answered ${response.status}.`), { final: true })
    }
    if (!response.ok) throw new Error(`The server answered ${response.status}.`)
    if (response.status !== 206) this.restart(response)
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      this.parts.push(value)
      this.held += value.length
      this.show(this)
    }
    if (this.total && this.held !== this.total) throw new Error("The archive is incomplete.")
  }

  restart(response) {
    this.parts = []
    this.held = 0
    this.total = Number(response.headers.get("Content-Length") ?? 0)
    const etag = response.headers.get("ETag")
    this.etag = etag && !etag.startsWith("W/") ? etag : null
    this.name = fileName(response.headers.get("Content-Disposition"), this.name)
    if (this.total > maxHeld) {
      this.abort.abort()
      throw Object.assign(new Error("The archive is large: the browser downloads it."), { final: true, large: true })
    }
  }
}

let current = null

function show(t, text) {
  part("progress").hidden = false
  const meter = part("meter")
  t.total ? meter.max = t.total : meter.removeAttribute("max")
  t.total ? meter.value = t.held : meter.removeAttribute("value")
  const amount = t.total ? `${size(t.held)} of ${size(t.total)}` : size(t.held)
  part("progress-text").textContent = text ? `${text} ${amount}` : amount
  part("pause").textContent = t.paused ? "Resume" : "Pause"
  for (const id of ["pause", "cancel"]) part(id).hidden = t.done
}

async function start(url) {
  current?.done || current?.abort?.abort()
  const t = current = new transfer(url, (t, text) => t === current && show(t, text))
  await proceed(t)
}

async function proceed(t) {
  t.paused = false
  t.show(t)
  try {
    await t.run()
    t.show(t, "Saved.")
    announce("The archive is saved.")
  } catch (error) {
    if (t.paused || t.cancelled || t !== current) return
    t.done = true
    t.show(t, error.message)
    announce(error.message)
    if (error.large) location.assign(t.url)
  }
}

function pause() {
  if (current.paused) return proceed(current)
  current.paused = true
  current.abort.abort()
  show(current, current.etag ? "Paused." : "Paused; it will start again.")
}

function cancel() {
  current.cancelled = current.done = true
  current.abort.abort()
  part("progress").hidden = true
  announce("The archive is cancelled.")
}

export function archives() {
  const form = part("selection")
  if (!form || !part("zip")) return
  const boxes = [...form.querySelectorAll("input[name=name]")]
  const all = part("all")
  const count = () => {
    const n = boxes.filter(b => b.checked).length
    part("count").textContent = n ? `${n} selected` : "Select files to download them as one zip."
    part("zip").disabled = n === 0
    all.checked = n > 0 && n === boxes.length
    all.indeterminate = n > 0 && n < boxes.length
  }
  all.hidden = false
  all.addEventListener("change", () => { for (const b of boxes) b.checked = all.checked; count() })
  form.addEventListener("change", count)
  form.addEventListener("submit", event => {
    event.preventDefault()
    const url = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`
    if (url.length > maxAddress) {
      part("count").textContent = "The selection is too long for one address. Select fewer files, or the folder."
      return announce(part("count").textContent)
    }
    start(url)
  })
  part("zip-all").addEventListener("click", event => { event.preventDefault(); start(event.currentTarget.href) })
  part("pause").addEventListener("click", pause)
  part("cancel").addEventListener("click", cancel)
  count()
}
