package wrapper

import "sync"

// retryBudget bounds repetitions to a share of all requests, with some in stock for quiet times.
type retryBudget struct {
	mu    sync.Mutex
	stock float64
}

const (
	budgetStock = 200
	budgetShare = 0.2 // of a repetition that each request earns
)

var budget = &retryBudget{stock: budgetStock}

func (b *retryBudget) earn() {
	b.mu.Lock()
	b.stock = min(b.stock+budgetShare, budgetStock)
	b.mu.Unlock()
}

func (b *retryBudget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stock < 1 {
		return false
	}
	b.stock--
	return true
}
