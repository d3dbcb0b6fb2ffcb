package wrapper_test

import (
	"fmt"

	"github.com/go-downloadview/downloadview/wrapper"
)

// A view returns an archive like any other file. Its length is known if the lengths of its files are.
func ExampleZip() {
	archive := wrapper.Zip("reports.zip",
		wrapper.ZipEntry{File: wrapper.Bytes("2025/report.csv", []byte("a,b\n")).WithInfo(wrapper.Info{Size: 4})},
		wrapper.ZipEntry{Name: "../notes.txt", File: wrapper.Bytes("n", []byte("hello")).WithInfo(wrapper.Info{Size: 5})},
	)
	fmt.Println(archive.KnownInfo().ContentType, archive.KnownInfo().Size)
	// Output: application/zip 253
}
