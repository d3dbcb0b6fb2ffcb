package resume

// BufferedMemory returns the bytes of memory that r holds for read-ahead.
func BufferedMemory(r *Reader) int64 {
	if r.ahead == nil {
		return 0
	}
	r.ahead.mu.Lock()
	defer r.ahead.mu.Unlock()
	return int64(r.ahead.buffered+len(r.ahead.free)) * r.ahead.options.PartSize
}

// UsePartMemory uses all memory of read-ahead until release is called.
func UsePartMemory() (release func()) {
	n := maxPartMemory - partMemory.used.Load()
	partMemory.used.Add(n)
	return func() { partMemory.release(n) }
}

// PartMemory returns the bytes of memory that all readers hold for read-ahead.
func PartMemory() int64 { return partMemory.used.Load() }

// UseRetries takes n retries from the budget of the program, and returns how many were left.
func UseRetries(n int) (got int) {
	for got < n && retries.spend() {
		got++
	}
	if got < n {
		retries.stock = 0 // of a part of a retry
	}
	return got
}

// EarnRetries counts n requests.
func EarnRetries(n int) {
	for range n {
		retries.earn(retryShare)
	}
}

// Constants of the package.
const (
	DrainLimit    = drainLimit
	MaxRetryAfter = maxRetryAfter
	MaxRetryStock = maxRetryStock
)
