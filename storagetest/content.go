package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// excess is the number of bytes that are read beyond the expected content.
const excess = 64

// read reads a body to its end, or to excess bytes beyond want, and closes it.
func read(rc io.ReadCloser, want []byte) ([]byte, error) {
	if rc == nil {
		return nil, errors.New("the body is nil")
	}
	var buf bytes.Buffer
	_, err := io.Copy(&buf, io.LimitReader(plain{rc}, int64(len(want))+excess))
	if cerr := rc.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close: %w", cerr)
	}
	return buf.Bytes(), err
}

// plain hides every method of a reader but Read. It fails with io.ErrNoProgress after emptyReads empty reads.
type plain struct{ r io.Reader }

const emptyReads = 1000

func (p plain) Read(b []byte) (int, error) {
	for range emptyReads {
		n, err := p.r.Read(b)
		if n < 0 || n > len(b) {
			return 0, fmt.Errorf("a Read of %d bytes returned %d", len(b), n)
		}
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// readExactly reads a body that must be want.
func readExactly(rc io.ReadCloser, want []byte) error {
	got, err := read(rc, want)
	if err != nil {
		return fmt.Errorf("after %d of %d bytes: %w", len(got), len(want), err)
	}
	return sameBytes(got, want)
}

// readExactlyOrFail reads a body that must be want or fail.
func readExactlyOrFail(rc io.ReadCloser, err error, want []byte) error {
	if err != nil {
		return nil //nolint:nilerr // it may fail
	}
	got, err := read(rc, want)
	if err != nil {
		return nil //nolint:nilerr // it may fail
	}
	return sameBytes(got, want)
}

// shownBytes is the most bytes of a difference in a message.
const shownBytes = 24

// sameBytes returns an error with the first difference between got and want.
func sameBytes(got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	length := fmt.Sprintf("%d bytes", len(got))
	if len(got) >= len(want)+excess {
		length = "many more bytes"
	}
	return fmt.Errorf("got %s, want %d; from byte %d on got %q, want %q", length, len(want), at, shown(got[at:]), shown(want[at:]))
}

func shown(b []byte) []byte { return b[:min(len(b), shownBytes)] }

// errText formats an error that is a value in a message, not its cause.
func errText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// readsToEnd reads want, and then io.EOF three times.
func readsToEnd(r io.Reader, want []byte) error {
	if _, err := io.CopyN(io.Discard, plain{r}, int64(len(want))); err != nil {
		return err
	}
	for i := range 3 {
		if n, err := (plain{r}).Read(make([]byte, 8)); n != 0 || err != io.EOF {
			return fmt.Errorf("Read %d at the end returned %d, %s, want 0, EOF", i+1, n, errText(err))
		}
	}
	return nil
}
