//go:build !linux

package splice

import "errors"

// newPipe returns nil: only Linux has splice(2).
func newPipe() *Pipe { return nil }

func (p *Pipe) close() {}
func (p *Pipe) clean() {}

func (p *Pipe) receive(conn *Conn, b []byte) (int, error) { return conn.TCPConn.Read(b) }
func (p *Pipe) send(socket) (int64, error)                { return 0, errors.ErrUnsupported }
func (p *Pipe) read([]byte) (int, error)                  { return 0, errors.ErrUnsupported }
