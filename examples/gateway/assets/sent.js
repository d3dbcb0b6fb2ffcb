// How a file was sent. The address of a download gets a random id; /sent/ID has the server's figures once it has ended.
import { announce, size } from "./common.js"

const maxMeasured = 8 << 20
const wait = ms => new Promise(done => setTimeout(done, ms))
const count = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`

function newID() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("")
}

function address(file, changes) {
  const to = new URL(file, location.href)
  for (const [name, value] of Object.entries(changes)) value ? to.searchParams.set(name, value) : to.searchParams.delete(name)
  return to
}

// result polls the server for the figures of an id, or returns null if there are none after a while.
async function result(id, patience) {
  for (let pause = 100; patience > 0; patience -= pause, pause = Math.min(pause * 1.5, 5000)) {
    try {
      const response = await fetch(`/sent/${id}`)
      if (response.status === 200) return await response.json()
    } catch { /* the connection may come back */ }
    await wait(pause)
  }
  return null
}

// measure downloads the beginning of a file and returns the figures of the server and of the browser.
async function measure(file, mode) {
  const id = newID()
  const start = performance.now()
  const response = await fetch(address(file, { sent: id, mode }), {
    redirect: "manual", cache: "no-store", headers: { Range: `bytes=0-${maxMeasured - 1}` },
  })
  let first = performance.now() - start
  if (response.status >= 400 && response.status !== 416) throw new Error(`The server answered ${response.status}.`)
  if (response.body) {
    const reader = response.body.getReader()
    for (let part = await reader.read(), n = 0; !part.done; part = await reader.read()) {
      if (n++ === 0) first = performance.now() - start
    }
  }
  const sent = await result(id, 5000)
  if (!sent) throw new Error("The server has no figures for this download.")
  return { ...sent, first, redirected: response.type === "opaqueredirect" }
}

function sentence(s, first) {
  const parts = [s.mode, `${count(s.requests, "request")} to the storage`, `${size(s.bytes)} through the gateway`]
  if (first) parts.push(`first byte after ${time(first)}`)
  return parts.join(" · ")
}

const time = ms => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
const capital = text => text[0].toUpperCase() + text.slice(1)

async function measureRow(row, button) {
  const how = row.querySelector("[data-how]")
  button.disabled = true
  how.textContent = "Measuring…"
  try {
    const s = await measure(row.dataset.file, new URL(row.dataset.file, location.href).searchParams.get("mode"))
    how.textContent = capital(sentence(s, s.first))
  } catch (error) {
    how.textContent = `Not measured: ${error.message}`
  }
  announce(how.textContent)
  button.disabled = false
}

async function measureFigure(row, file, button) {
  const [sent, requests, bytes, first] = row.querySelectorAll("td")
  button.disabled = true
  sent.textContent = "measuring…"
  try {
    const s = await measure(file, row.dataset.mode)
    sent.textContent = s.mode
    requests.textContent = s.requests
    bytes.textContent = size(s.bytes)
    first.textContent = s.redirected ? `redirect after ${time(s.first)}` : time(s.first)
    row.classList.add("measured")
    announce(capital(sentence(s, s.first)))
  } catch (error) {
    sent.textContent = error.message
    announce(error.message)
  }
  button.disabled = false
}

export function figures() {
  for (const button of document.querySelectorAll("[data-measure]")) {
    button.hidden = false
    const row = button.closest("tr")
    const table = button.closest("[data-figures]")
    button.addEventListener("click", () => table ? measureFigure(row, table.dataset.figures, button) : measureRow(row, button))
  }
  for (const a of document.querySelectorAll("[data-download]")) {
    a.addEventListener("click", async () => {
      const how = a.closest("[data-file]").querySelector("[data-how]")
      if (!how) return
      const id = newID()
      a.href = address(a.closest("[data-file]").dataset.file, { sent: id })
      const s = await result(id, 600_000)
      if (s) how.textContent = capital(sentence(s, s.firstByte))
    })
  }
}
