package wrapper

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
)

// ZipEntry is one file of an archive.
type ZipEntry struct {
	// Name is the path in the archive, with slashes between its segments; empty means File.Base. Segments that escape
	// from the directory of the unpacked archive, or that some system cannot store, are removed or replaced. A name
	// that is in the archive already gets a number.
	Name string

	File *File

	// Deflate compresses the content, at the cost of CPU. The length of the archive is then unknown. The zero value
	// stores the content as it is, which is right for images, films and other compressed content.
	Deflate bool
}

// Zip returns an archive of files as generated content. Each file is opened when its turn comes. Only the directory at
// the end of the archive is held in memory, some hundred bytes a file. Each file is read in one version, resumed, and
// verified by its checksum. A file that is missing, fails, or is stored under a content coding aborts the download. The
// permission check for every file is the application's.
//
// The length of the archive is known if WithInfo gives the Size of every file and none is deflated. An archive has no
// ranges. Large archives use Zip64.
func Zip(name string, entries ...ZipEntry) *File {
	a := &archive{entries: entries, names: zipNames(entries)}
	a.size = a.length()
	return Func(name, a.write).WithInfo(Info{ContentType: "application/zip", Size: a.size, Sequential: true})
}

type archive struct {
	entries []ZipEntry
	names   []string
	size    int64
}

func (a *archive) write(ctx context.Context, w io.Writer) error {
	z := zip.NewWriter(w)
	buf := make([]byte, writeToBuffer)
	for i := range a.entries {
		if err := a.add(ctx, z, i, buf); err != nil {
			return fmt.Errorf("zip: %q: %w", a.names[i], err)
		}
	}
	return z.Close()
}

// add writes an entry. Its length follows its content, so that the archive can be streamed.
func (a *archive) add(ctx context.Context, z *zip.Writer, i int, buf []byte) error {
	e := &a.entries[i]
	resp, err := e.File.Fetch(ctx, Request{})
	if err != nil {
		return err
	}
	defer resp.Close()
	if coding := resp.Info.ContentEncoding; coding != "" {
		return fmt.Errorf("stored with Content-Encoding %q: %w", coding, errors.ErrUnsupported)
	}
	h := &zip.FileHeader{Name: a.names[i], Method: zip.Store, Modified: resp.Info.ModTime}
	if e.Deflate {
		h.Method = zip.Deflate
	}
	if a.size >= 0 { // the archive's length includes this Size
		h.Modified = e.File.KnownInfo().ModTime
		if resp.Info.Size != e.File.KnownInfo().Size {
			return ErrChanged
		}
	}
	w, err := z.CreateHeader(h)
	if err != nil || resp.Body == nil {
		return err
	}
	_, err = io.CopyBuffer(w, struct{ io.Reader }{resp.Body}, buf)
	return err
}
