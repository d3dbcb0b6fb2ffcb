package browser_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// biDi is a session of WebDriver BiDi: commands and their results over one WebSocket.
type biDi struct {
	conn *websocket.Conn

	mu      sync.Mutex
	last    int
	waiting map[int]chan biDiResult
	closed  error
}

type biDiResult struct {
	ID      *int
	Type    string
	Result  json.RawMessage
	Error   string
	Message string
}

func dialBiDi(url string) (*biDi, error) {
	conn, _, err := websocket.Dial(context.Background(), url, nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(64 << 20)
	b := &biDi{conn: conn, waiting: map[int]chan biDiResult{}}
	go b.read()
	err = b.call(context.Background(), "session.new", map[string]any{"capabilities": map[string]any{}}, nil)
	return b, err
}

// read delivers results until the connection is closed.
func (b *biDi) read() {
	for {
		var r biDiResult
		err := wsjson.Read(context.Background(), b.conn, &r)
		b.mu.Lock()
		if err != nil {
			b.closed = err
			for _, c := range b.waiting {
				close(c)
			}
			b.waiting = nil
			b.mu.Unlock()
			return
		}
		if r.ID != nil && b.waiting[*r.ID] != nil {
			b.waiting[*r.ID] <- r
			delete(b.waiting, *r.ID)
		}
		b.mu.Unlock()
	}
}

// call sends a command and stores its result in out, which may be nil.
func (b *biDi) call(ctx context.Context, method string, params map[string]any, out any) error {
	if params == nil {
		params = map[string]any{}
	}
	result := make(chan biDiResult, 1)
	b.mu.Lock()
	if b.closed != nil {
		b.mu.Unlock()
		return b.closed
	}
	b.last++
	id := b.last
	b.waiting[id] = result
	b.mu.Unlock()
	if err := wsjson.Write(ctx, b.conn, map[string]any{"id": id, "method": method, "params": params}); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case r, ok := <-result:
		switch {
		case !ok:
			return errors.New("the browser closed the connection")
		case r.Type == "error":
			return fmt.Errorf("%s: %s: %s", method, r.Error, r.Message)
		case out == nil:
			return nil
		}
		return json.Unmarshal(r.Result, out)
	}
}

func (b *biDi) close() { _ = b.conn.CloseNow() }
