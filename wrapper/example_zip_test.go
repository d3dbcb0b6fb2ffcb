package wrapper_test

import (
	"fmt"

	"github.com/go-downloadview/downloadview/wrapper"
)

// An archive is a file like any other: a view returns it, and its length is told when those of its files are known.
func ExampleZip() {
	archive := wrapper.Zip("reports.zip",
		wrapper.ZipEntry{File: wrapper.Bytes("2025/report.csv", []byte("a,b\n")).WithInfo(wrapper.Info{Size: 4})},
		wrapper.ZipEntry{Name: "../notes.txt", File: wrapper.Bytes("n", []byte("hello")).WithInfo(wrapper.Info{Size: 5})},
	)
	fmt.Println(archive.KnownInfo().ContentType, archive.KnownInfo().Size)
	// Output: application/zip 253
}
