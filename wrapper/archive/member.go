package archive

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Member is one file of an archive. The permission check for every member is the application's.
type Member struct {
	// Name is the path in the archive, with slashes between its segments; "" means File.Base. It is made safe:
	//
	//   - Segments that escape from the directory of the unpacked archive are removed: "..", ".", an empty one, a drive.
	//   - Characters and device names that some system cannot store are replaced with "_", invisible ones are removed.
	//   - A segment of more than 255 bytes is shortened, a path to its last 200 segments. An empty name becomes "_".
	//   - A name that is in use gets a number: "a.txt" becomes "a (2).txt". Names are equal here if they differ in case
	//     or Unicode normalization only. A file "a" and a directory "a" are equal, too.
	//
	// Names are UTF-8, and marked as such.
	Name string

	// File is the content; required, except in a member of Prefix.
	File *wrapper.File

	// Deflate compresses the content in a zip archive, at the cost of CPU. The archive then has no known length and no
	// ranges. The zero value suits images, films and other compressed content. A tar archive ignores it.
	Deflate bool

	list func(context.Context) iter.Seq2[listed, error] // of Prefix
}

// listed is a member from a listing.
type listed struct {
	Member
	size int64
}

// ErrLimit is the error of an archive that exceeds MaxMembers or MaxBytes of its Options. Its HTTP status is 403.
var ErrLimit error = limitError{}

type limitError struct{}

func (limitError) Error() string { return "archive exceeds its limit" }

// HTTPStatus returns the status for the client.
func (limitError) HTTPStatus() int { return http.StatusForbidden }

// errSequential is the error of a read that does not start at offset 0.
var errSequential = fmt.Errorf("archive of unknown length or of generated content has no ranges: %w", errors.ErrUnsupported)

// errNoFile is the error of a Member without a File.
var errNoFile = errors.New("member without a File")

// expand returns the members, with listings replaced by their objects.
func (s *source) expand(ctx context.Context) ([]Member, error) {
	var all []Member
	var bytes int64
	add := func(m Member, size int64) error {
		if m.File == nil {
			return fmt.Errorf("%q: %w", m.Name, errNoFile)
		}
		if n := s.options.MaxMembers; n > 0 && len(all) >= n {
			return fmt.Errorf("more than %d members: %w", n, ErrLimit)
		}
		if bytes += size; s.options.exceeded(bytes) {
			return fmt.Errorf("more than %d bytes: %w", s.options.MaxBytes, ErrLimit)
		}
		all = append(all, m)
		return nil
	}
	for _, m := range s.members {
		if m.list == nil {
			if err := add(m, 0); err != nil {
				return nil, err
			}
			continue
		}
		for l, err := range m.list(ctx) {
			if err == nil {
				l.Name, l.Deflate = join(m.Name, l.Name), m.Deflate
				err = add(l.Member, l.size)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// exceeded reports whether so many bytes are too many.
func (o *Options) exceeded(bytes int64) bool { return o.MaxBytes > 0 && bytes > o.MaxBytes }

func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}
