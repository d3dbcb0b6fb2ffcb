package mediatype_test

import (
	"mime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/mediatype"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ id, stored, want string }{
		{"CD16 second type as a parameter", "text/html;image/png", "text/html; charset=utf-8"},
		{"CD16 the other way round", "image/png;text/html", "image/png"},
		{"CD17 list", "image/png,text/html", ""},
		{"CD17 list with blanks", "image/png, text/html", ""},
		{"CD17 list after a parameter", "text/plain; charset=utf-8, text/html", ""},
		{"CD17 list after junk", "image/png; x, text/html", ""},
		{"CD17 comma in a quoted-string", `video/mp4; codecs="avc1.42E01E, mp4a.40.2"`, "video/mp4"},
		{"CD18 upper case", "IMAGE/SVG+XML", "image/svg+xml"},
		{"CD18 blank in front", " text/html", "text/html; charset=utf-8"},
		{"CD18 wildcard", "image/*", ""},
		{"CD18 wildcard type", "*/*", ""},
		{"CD19 no subtype", "image", ""},
		{"CD19 empty subtype", "image/", ""},
		{"CD19 three parts", "image/png/x", ""},
		{"CD19 two types in one", "image/png text/html", ""},
		{"CD20 utf-7", "text/plain; charset=utf-7", "text/plain; charset=utf-8"},
		{"CD20 quoted utf-7", `text/plain; Charset="UTF-7"`, "text/plain; charset=utf-8"},
		{"CD20 extended utf-7", "text/plain; charset*=us-ascii''utf-7", "text/plain; charset=utf-8"},
		{"CD20 utf-7 in pieces", "text/plain; charset*0=utf; charset*1=-7", "text/plain; charset=utf-8"},
		{"CD20 two charsets", "text/plain; charset=utf-8; charset=utf-7", ""},
		{"CD20 utf-16", "text/html; charset=utf-16le", "text/html; charset=utf-8"},
		{"CD20 iso-2022-jp", "text/html; charset=ISO-2022-JP", "text/html; charset=utf-8"},
		{"W15 Shift_JIS", "text/plain; charset=Shift_JIS", "text/plain; charset=shift_jis"},
		{"W15 quoted", `text/csv; charset="EUC-JP"`, "text/csv; charset=euc-jp"},
		{"W15 in markup", "text/html; charset=GB18030", "text/html; charset=gb18030"},
		{"W15 without a blank", "text/plain;charset=Big5", "text/plain; charset=big5"},
		{"W15 alias", "text/plain; charset=windows-31j", "text/plain; charset=windows-31j"},
		{"W15 xml", "application/xml; charset=EUC-KR", "application/xml; charset=euc-kr"},
		{"W15 no markup, utf-16", "text/plain; charset=UTF-16LE", "text/plain; charset=utf-16le"},
		{"W15 no markup, iso-2022-jp", "text/csv; charset=ISO-2022-JP", "text/csv; charset=iso-2022-jp"},
		{"W15 word for none", "text/plain; charset=binary", "text/plain; charset=utf-8"},
		{"CD20 hz", "text/plain; charset=hz-gb-2312", "text/plain; charset=utf-8"},
		{"CD20 x-user-defined", "text/plain; charset=x-user-defined", "text/plain; charset=utf-8"},
		{"CD20 safe charset stays", "text/plain; charset=ISO-8859-15", "text/plain; charset=iso-8859-15"},
		{"CD20 Windows code page stays", "text/csv;charset=windows-1252", "text/csv; charset=windows-1252"},
		{"CD20 ASCII stays", "text/plain; charset=us-ascii", "text/plain; charset=us-ascii"},
		{"CD20 charset that looks safe", "text/plain; charset=iso-8859-77", "text/plain; charset=utf-8"},
		{"CD20 xml states its own", "application/xml; charset=iso-8859-1", "application/xml; charset=iso-8859-1"},
		{"CD20 xml in utf-7", "application/rss+xml; charset=utf-7", "application/rss+xml"},
		{"CD29 field injection", "text/plain\r\nX: y", ""},
		{"CD29 line feed at the end", "text/plain\n", ""},
		{"CD29 NUL", "text/plain\x00", ""},
		{"CD29 in a parameter", "text/plain; a=\"b\r\nX: y\"", ""},
		{"CD29 not ASCII", "text/plain; a=\"é\"", ""},
		{"D5 image", "image/png; charset=utf-8", "image/png"},
		{"D5 octets", "application/zip; charset=utf-8", "application/zip"},
		{"D5 JSON has none", "application/json; charset=utf-8", "application/json"},
		{"text gets one", "text/markdown", "text/markdown; charset=utf-8"},
		{"script gets one", "application/javascript", "application/javascript; charset=utf-8"},
		{"tokens stay", "Text/CSV; Header=Present; charset=UTF-8", "text/csv; charset=utf-8; header=Present"},
		{"quotes go where a token does", `multipart/mixed; boundary="abc"`, "multipart/mixed; boundary=abc"},
		{"other parameters go", `application/json; profile="https://example.com/"`, "application/json"},
		{"too long", "text/plain; a=" + strings.Repeat("x", 600), ""},
		{"too long once written", "text/plain;a=" + strings.Repeat("x", 490), "text/plain; charset=utf-8"},
		{"empty", "", ""},
		{"S3 says nothing", "binary/octet-stream", ""},
		{"Azure says nothing", "Application/Octet-Stream; charset=utf-8", ""},
		{"uploader says nothing", "application/force-download", ""},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			got := mediatype.Clean(c.stored)
			assert.Equal(t, c.want, got)
			assert.Equal(t, got, mediatype.Clean(got))
		})
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ id, stored, name, want string }{
		{"stored wins", "image/png", "a.txt", "image/png"},
		{"the name when nothing is stored", "", "a.txt", "text/plain; charset=utf-8"},
		{"the name when nothing is said", "binary/octet-stream", "a.pdf", "application/pdf"},
		{"CD17 the name when several are stored", "image/png,text/html", "a.png", "image/png"},
		{"CD29 nothing left", "text/plain\r\nX: y", "a", "application/octet-stream"},
		{"neither", "", "a.unknown", "application/octet-stream"},
		{"W17 document", "application/zip", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"W17 sheet, alias", "application/x-zip-compressed", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"W17 book", "application/zip", "a.epub", "application/epub+zip"},
		{"W17 OpenDocument", "application/zip", "a.odt", "application/vnd.oasis.opendocument.text"},
		{"W17 package", "application/zip", "a.jar", "application/java-archive"},
		{"W17 table", "text/plain; charset=utf-8", "a.csv", "text/csv; charset=utf-8"},
		{"W17 table in a stated charset", "text/plain; charset=Shift_JIS", "a.csv", "text/csv; charset=shift_jis"},
		{"W17 JSON", "text/plain; charset=utf-8", "a.json", "application/json"},
		{"W17 geography", "application/json", "a.geojson", "application/geo+json"},
		{"W17 style sheet", "text/plain", "a.css", "text/css; charset=utf-8"},
		{"W17 feed", "text/xml; charset=utf-8", "a.atom", "application/atom+xml"},
		{"W17 drawing", "text/xml", "a.svg", "image/svg+xml"},
		{"W17 music", "application/ogg", "a.ogg", "audio/ogg"},
		{"W17 sound of a container", "video/mp4", "a.m4a", "audio/mp4"},
		{"W17 another container", "video/mp4", "a.webm", "video/mp4"},
		{"W17 text is no image", "text/plain", "a.png", "text/plain; charset=utf-8"},
		{"W17 an archive is no page", "application/zip", "a.html", "application/zip"},
		{"W17 an archive is no other archive", "application/zip", "a.tar.gz", "application/zip"},
		{"W17 a stated type is kept", "text/csv", "a.json", "text/csv; charset=utf-8"},
		{"W17 markup is kept", "text/html", "a.txt", "text/html; charset=utf-8"},
		{"W17 no extension", "text/plain", "README", "text/plain; charset=utf-8"},
		{"D5 image", "", "a.png", "image/png"},
		{"D5 archive", "", "a.tar.gz", "application/gzip"},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, mediatype.For(c.stored, c.name))
		})
	}
}

func FuzzType(f *testing.F) {
	for _, seed := range [][2]string{
		{"text/html;image/png", "a.html"}, {"image/png,text/html", "a.png"}, {"IMAGE/SVG+XML", ""},
		{"text/plain; charset*0=utf; charset*1=-7", "a"}, {"text/plain\r\nX: y", "a.tar.gz"}, {"", `x\y.z/a`},
		{`multipart/x-mixed-replace; boundary="a b"`, "a."}, {"text/plain; a=" + strings.Repeat("x", 490), "."},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, stored, name string) {
		got := mediatype.For(stored, name)
		assert.Equal(t, got, mediatype.For(got, name), "stable")
		assert.LessOrEqual(t, len(got), 512)
		for i := range len(got) {
			if got[i] < ' ' || got[i] > '~' || got[i] == ',' {
				require.Failf(t, "not one printable type", "%q", got)
			}
		}
		kind, params, err := mime.ParseMediaType(got)
		require.NoError(t, err, got)
		assert.Equal(t, 1, strings.Count(kind, "/"), got)
		if strings.HasPrefix(kind, "text/") {
			assert.Contains(t, params, "charset")
		}
		assert.NotContains(t, params["charset"], "utf-7")
		for _, value := range []string{stored, got} {
			if kind, _, _ := mime.ParseMediaType(value); mediatype.Inline(value) {
				assert.False(t, isActive(kind), value)
			}
		}
	})
}

// A value without parameters has the same result with and without the parser.
func TestCleanWithoutParsing(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{
		"text/plain", "text/html", "application/pdf", "application/xml", "image/svg+xml", "application/javascript",
		"application/octet-stream", "application/x-download", "unknown/unknown", "application/vnd.a.b-c_d+json",
		"text/" + strings.Repeat("a", 127), "text/" + strings.Repeat("a", 128), "*/*", "text/", "/plain", "text", "a/b/c",
	} {
		assert.Equal(t, mediatype.Clean(kind+";"), mediatype.Clean(kind), "%s", kind)
		assert.Equal(t, mediatype.Clean(kind), mediatype.Clean(strings.ToUpper(kind)), "%s", kind)
	}
}
