package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// excess is how many bytes beyond what is wanted are read to tell about them.
const excess = 64

// read reads a body to its end, but not much further than want, and closes it.
func read(rc io.ReadCloser, want []byte) ([]byte, error) {
	if rc == nil {
		return nil, errors.New("there is no body")
	}
	var buf bytes.Buffer
	_, err := io.Copy(&buf, io.LimitReader(plain{rc}, int64(len(want))+excess))
	if cerr := rc.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close: %w", cerr)
	}
	return buf.Bytes(), err
}

// plain hides every method of a reader but Read, and gives up on one that never delivers.
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

// exactly reads a body that has to be want.
func readExactly(rc io.ReadCloser, want []byte) error {
	got, err := read(rc, want)
	if err != nil {
		return fmt.Errorf("after %d of %d bytes: %w", len(got), len(want), err)
	}
	return sameBytes(got, want)
}

// orFails reads a body that has to be want, or to fail.
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

// shownBytes is how much of a difference is shown.
const shownBytes = 24

// same tells where got differs from want.
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

// told prints an error that is not the cause of the one it is told in.
func errText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// readsToEnd reads want and then the end, three times.
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
